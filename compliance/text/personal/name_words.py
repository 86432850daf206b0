"""Words around names that say what the names are of."""

from __future__ import annotations

import re

TITLES = frozenset(
    """mr mrs ms miss mister dr doctor prof professor sir madam madame lady lord rev reverend fr father sr
    sra srta señor señora señorita herr frau fräulein monsieur mme mlle mx capt captain lt
    lieutenant col colonel maj sgt sergeant gen general judge justice hon sen senator rep president
    governor mayor king queen prince princess uncle aunt auntie grandma grandpa sheikh imam rabbi
    sister brother signor signora dame chancellor detective officer inspector agent nurse coach chef
    dj""".split()
)
"""Forms of address, lower case; before a name they are almost always a person's."""
SHORT_TITLES = frozenset(
    "mr mrs ms miss mx dr prof sir madam mme mlle herr frau rev sr sra srta".split()
)
"""Those that are found as titles; the others are words of their own, too."""
PARTICLES = frozenset(
    "de da do dos das del della di du van von der den ter ten la le el al bin ibn ben bint af av zu y e "
    "st".split()
)
"""Small words inside names, lower case."""
AFTER_NAMES = frozenset("jr sr ii iii iv phd md esq dds".split())
COMPANY_ENDS = frozenset(
    """inc incorporated ltd limited llc llp plc corp corporation co company gmbh ag kg sa srl spa bv nv oy
    ab asa aps group holdings holding partners associates sons brothers bros industries enterprises
    solutions systems software technologies technology tech labs consulting consultancy services
    media entertainment pictures studios records bank insurance airlines airways motors
    pharmaceuticals pharma energy capital ventures university college institute academy school
    hospital clinic museum foundation association society union council committee commission agency
    authority ministry department bureau federation league club party church trust network
    shipping textiles board exchange orchestra choir library trading salmon steel mining realty
    properties homes legal catering bakery brewery winery airport-authority housing youth chamber
    communications telecom networks analytics research laboratories international worldwide global
    logistics foods stores supermarket restaurant hotel resort press times post tribune herald
    gazette weekly magazine news theatre orchestra parliament senate congress court police army navy""".split()
)
"""Last words of names of organisations, lower case."""
COMPANY_STARTS = frozenset(
    "university institute ministry department bank church museum society association federation college "
    "academy".split()
)
PLACE_LAST = frozenset(
    """river lake mountain mountains mount island islands bay beach valley canyon desert forest park
    bridge tower
    palace castle cathedral house monument temple mahal square garden gardens falls hills peninsula
    ocean sea gulf
    strait county district province village town city station airport harbour harbor stadium arena""".split()
)
PLACE_FIRST = frozenset("mount mt lake cape fort port san santa saint st los las el rio".split())
"""Last and first words of names of places, lower case."""
KNOWN_COMPANIES = frozenset(
    """nasa fbi cia nsa nato unesco unicef who wto imf opec interpol europol bbc cnn nbc abc cbs hbo mtv
    espn ibm ups dhl fedex kpmg pwc deloitte accenture google microsoft amazon facebook instagram
    youtube twitter netflix spotify uber airbnb paypal ebay tesla toyota honda nissan hyundai kia
    samsung sony panasonic toshiba hitachi siemens bosch bayer basf bmw volkswagen audi mercedes
    porsche volvo ikea nokia ericsson philips unilever nestlé nestle danone renault peugeot airbus
    boeing lockheed raytheon pfizer novartis roche merck moderna astrazeneca walmart costco
    starbucks mcdonalds mcdonald's pepsi cocacola coca-cola nike adidas puma gucci prada chanel dior
    versace hermès rolex visa mastercard hsbc barclays santander citibank jpmorgan wikipedia reddit
    tiktok linkedin intel nvidia amd oracle salesforce adobe cisco dell lenovo huawei xiaomi alibaba
    tencent baidu bytedance tata infosys wipro greenpeace oxfam fifa uefa nba nfl nhl mlb ncaa hamas
    hezbollah kremlin pentagon""".split()
)
"""Organisations that everybody knows by one word, lower case."""

# What is searched with the patterns below is in lower case: that is several times as fast as IGNORECASE.
BEFORE_PERSON = re.compile(
    r"(?:name(?:['’]s| is| was|s? are)?:?|named?|called?|calls? (?:me|him|her)|call (?:me|him|her)|i['’]?m"
    r"|i am|this is"
    r"|meet|hi|hello|dear|hey|said|says|asked|told|tell|starring|directed by|written by|by|husband|wife|son"
    r"|daughter"
    r"|brother|sister|friend|boss|father|mother|mom|dad|kid|partner|actor|actress|singer|director|regards"
    r"|sincerely"
    r"|thanks|thank you|contact|attn|with|between|for|to|about|like|that|married|met|love|signed|known as"
    r"|nicknamed"
    r"|character|girl|boy|man|woman|baby|guitarist|drummer|player|author|poet|painter|ex-\w+|assistant to|"
    r"bill(?:ed)? to|billing address|cc|from:|to:)[ \t]*[:,\"“]?[ \t]*$",
)
SURELY_PERSON = re.compile(
    r"(?:name(?:['’]s| is| was):?|last name\??|first name\??|maiden name is|named|call (?:me|him|her)"
    r"|calls? (?:me|him|her)|called|said|dear|hello|i['’]m|i am|married|nicknamed|assistant to|my (?:kid"
    r"|son|daughter"
    r"|wife|husband|brother|sister|friend|boss|mother|father|partner)(?:['’]s name)?)[ \t]*[:,\"“]?[ \t]*$",
)
AFTER_PERSON = re.compile(
    r"^(?:['’]s (?:address|kid|son|daughter|wife|husband|house|name|phone|email|mother|father|friend|voice"
    r"|face)"
    r"|,? (?:said|says|asked|asks|shouted|told|tells|replied|was born|lives|lived|listed|spent|wrote|writes"
    r"|began"
    r"|had given|has been|is very|will be|who|and i|joined|smiled|smiles|laughs|looked|walks|walked|sings"
    r"|sang|plays"
    r"|played|married|died|thinks|thought|wants|loves|knows|says|can i|can you|could you|please|sits|stands"
    r"|runs"
    r"|dances|drives|holds|wears|moved|works|worked|called|called|went|came|told|did|does|is (?:a|an|my|the"
    r"|not|in)"
    r"|was (?:a|an|my|the|not|in)))(?!\w)",
)
BEFORE_PLACE = re.compile(
    r"(?:\bin|from|from (?:\w+ ){1,4}to|near|through|across|around|throughout|toward|towards|visit"
    r"|visited|visiting|outside"
    r"|downtown|leaving"
    r"|reached|over|city of|town of|village of|capital of|university of|streets of|skyline of|coast of"
    r"|north of|south of"
    r"|east of|west of|born in|flight to|trip to|travel(?:led|ed|s)? to|moved? to|moved here from"
    r"|returned? to|back to"
    r"|went to|go to|going to|fly to|where:|located in|based in|arrived (?:at|in)|ambassador to|citizen of"
    r"|people of|as far (?:away )?as|above"
    r"|(?:bridge|station|border|market|beach|harbou?r|port|docks?) (?:at|of|with)"
    r"|(?:miners|walls|hills|mountains|farmers|monks|canals|fjords|cliffs|villages?|valleys?|slums|suburbs"
    r"|rooftops|mayor|map|half|ruins|deserts?|forests?|shores?|markets|beaches|islands?|republic|province"
    r"|region) of"
    r"|government of|president of|king of|queen of|war in)[ \t]+(?:the[ \t]+|central[ \t]+|old[ \t]+)?$",
)
BEFORE_COMPANY = re.compile(
    r"(?:works?|worked|working) (?:for|at|with)[ \t]+$|(?:job|career|internship|intern|employee|employed"
    r"|year|manager"
    r"|position|engineer|role|shifts?|nights|days|interview|contract|deal|lawsuit|customers?|staff|workers|nurse"
    r"|driver) (?:at|of|by|with|for|against)[ \t]+$|(?:head office|subsidiary|branch|board|shareholders"
    r"|ceo|cto|cfo|founder|owner|chairman|director"
    r"|shares|stock"
    r"|headquarters|office) (?:of|in|at)[ \t]+$|(?:company|organi[sz]ation|firm|startup|employer|brand"
    r"|hired by"
    r"|acquired(?: by)?|joined|bought|sued|account with|according to(?: the)?|became|invest(?:ed"
    r"|s)? in)[ \t]+$",
)
AFTER_COMPANY = re.compile(
    r"^(?:,? (?:is|was|,) (?:a|an|the) (?:company|firm|startup|non-?profit|organi[sz]ation|501)"
    r"|['’]s (?:website|ceo"
    r"|shares|stock|products)| (?:website|employees?|shares|stock|headquarters|announced|invested|acquired"
    r"|employs|recalls|recalled|hires|hired|is hiring|unveil\w*|launche[sd]|merge[sd]|manufactures|supplies"
    r"|operates|cancelled|denied the|raised its|cut its|will lay off|laid off|drilled|reported that|sponsors"
    r"|sponsored|is a 501)\b)",
)
NOT_NAMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december christmas easter halloween ramadan hanukkah
    thanksgiving english internet bible koran quran god lord earth mars moon sun jupiter venus
    saturn ok hd uhd tv dvd usb led cgi vfx dslr pov rgb iso fps gopro imax raw unreal engine octane
    render artstation pixar anime manga photo video camera zip ssn id pin atm faq email mobile phone
    desk fax tel asap rsvp diy vip fyi pdf jpeg png mp4 act article section chapter part volume
    street road avenue drive lane apt suite unit nan covid olympics olympic renaissance baroque
    victorian gothic art-deco steampunk cyberpunk bauhaus impressionist impressionism surrealism
    where when what who why how card visa when where mastercard amex iban swift bic ip url http
    https www dear hello hi hey thanks regards sincerely""".split()
)
"""Words in capitals that name neither person nor place nor organisation, lower case."""
SURNAME_ENDS = re.compile(
    r".{2,}(?:son|sen|sson|sdottir|dottir|ova|eva|ovic|evic|ic|ski|ska|sky|wicz|czyk|enko|chuk|ov|ev|yan"
    r"|ian|dze|shvili"
    r"|poulos|idis|akis|escu|eanu|nen|strom|qvist|quist|gren|berg|mann|stein|feld|meyer|maier|bauer|huber"
    r"|ez|inho"
    r"|etti|elli|ini|oglu|zadeh|pour|nejad|wala|kar|appa|amma)$"
)
PLACE_ENDS = re.compile(
    r".{2,}(?:ville|burg|burgh|bury|borough|shire|stadt|heim|dorf|hausen|hofen|ingen|furt|furth|koping|borg"
    r"|vik|grad"
    r"|pur|abad|istan|stan|ovo|owo|town|ford|mouth|field|port|land|ton|ham|ridge|dale|wick|minster|chester"
    r"|ice|any"
    r"|kirchen|kirk|bruck|zell|hagen|lund|foss|jarvi|koski|salmi|gem|gum|wegem|hout|drecht|daal|rode|lez"
    r"|hegy|falva)$"
)
