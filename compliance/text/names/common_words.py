"""Common English words that a misread wordmark is not, written for this project.

One wrong letter makes *clock* of Glock and *space* of SpaceX: where such a word stands in text that was read
from pixels, it is taken for itself. The list is of words that are frequent on signs, in captions and in
descriptions of pictures, and of those that lie near shipped names of brands.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

_WORDS = frozenset(
    """
    able about above accent accept access account across action active actor actress actually address adult
    advance advice after again against agent ahead alarm album alert alive alley almost alone along already
    also altar always amber american among amount anchor ancient angel angle animal ankle another answer
    anyone apart appear apple april apron arch area arena arise armor arrow artist ash asian aside asleep
    assault astronaut athlete attack attacked attic audit august aunt autumn avenue average avoid awake
    award away baby bacon badge baker bakery balance ball ballet balloon bamboo banana band bank banner
    barber bare bark barley barn barrel base basement basic basin basket battle beach beads beak beam bean
    bear beard beast beat beauty because become bedroom beef been beer before begin behind being believe
    bell below belt bench bend berry best better between beyond bible bicycle bike bird birth birthday bite
    bitter black blade blanket blast blend bless blind blink blister block blocker blocking blocks blonde
    blood bloom blossom blow blue board boat body boil bold bolt bomb bone book boot booth border born both
    bottle bottom bounce bowl boxer boy brain branch brass brave bread break breath breeze brick bride
    bridge bright bring broken bronze broom brother brown brush bubble bucket budget buffalo build building
    bull bullet bunch bundle bunny burger burn burst bush business busy butter button cabin cable cafe cage
    cake calico call calm camel camera camp campers canal candle candy canning cannon canoe canvas canyon
    capital captain card care career cargo carpet carriage carrot carry cart cartoon castle casual catch
    cattle cause cave ceiling cellar cement center central centre century chain chair chalk champion chance
    change channel channels chapel chapter charge charity charm charming chart chase cheap cheek cheer
    cheese chef cherry chess chest chicken chief child children chimney chin chinese chips choice choir
    choose chopper chrome church cigar cinema cinnamon circle circles circus citizen city claim class
    classic claw clay clean clear clever cliff climb clinic clock close closed cloth clothes cloud clouds
    clown club coach coal coast coat coconut coffee coin cold collar college colony color colour column comb
    come comedy comet comfort comforting comic common company compass concept concepts concert condor cone
    confidence continent continents control cook cookie cool copper copy coral cord corn corner correct cost
    costume cottage cotton couch count counter country couple courage course court courts cousin cover crab
    craft crane crash crazy cream create creek crew crib crime crop cross crow crowd crown cruise crystal
    cube cup curry curtain curve custom cycle daily daisy dampers dance dancer danger dark dash data date
    daughter dawn days dead deal dear debate decade december deck deep deer defeat degree delay deliver
    delivered delivery demand denim dense dentist desert design desk detail device diamond diary dictionary
    diesel diet dinner dinosaur direct direction directs dirt disco discount discover dish distance dive
    diver divide division dizzy dock doctor doll dollar dolphin dome donkey door doors double dough dove
    down dragon drain drama draw dream dress dried drift drill drink drive driver drone drop drum dry duck
    duct duke dune during dust each eagle early earn earth east easy eaten echo edge editor effect eight
    either elbow elder electronics elephant eleven email empty enemy energy engine english enjoy enter entry
    equal error escape espresso ethics evening event every everyone everything exact exam exit expert extra
    fabric face fact factory fade fair fairy faith falcon fall false fame family famous fancy farm farmer
    fashion fast father fault feast feather february feed feel fence ferry festival fever field fight figure
    file fill film final finance financial find fine finger finish fire first fish fisher fitness fixed flag
    flame flamingo flash flat flavor flesh flight float flock floor flour flow flower flute focus fog fold
    folders folk follow food foot football force forest forever fork form fort forward fossil fountain
    fragile frame france free freeze french fresh friday friend frog from front frost frozen fruit fuel full
    funny future gable galaxy gallery game games garage garden gardens garlic gate gather gear gender
    general gentle german ghost giant gift giraffe girl give glacier glass globe glove gloves glow goal goat
    gold golden golf good goose grace grade grain grand grape graph grass grave gravity gray great green
    grey grill grind grocery ground group grouper grow guard guess guessing guest guide guitar gulf habit
    hair half hall hammer hand handle happy harbor harbour hard harvest hatch have hawk hazel head health
    healthcare heart heat heaven heavy hedge heel height helmet help hence herb herd here hero hidden high
    hill history hockey hold holder holiday hollow holster home honest honey hood hook hope hopper horizon
    horn horse host hotel hour house human humor hundred hungry hunt hunter hurry hyper idea idle image
    images inch index indian indirect indoor infant inner insect inside instead interest into iron island
    italian item ivory jacket jail january jazz jeans jelly jewel jockey join joke journal journey juice
    july jump june jungle junior jury just keen keep ketchup kettle keyboard kick kind king kitchen kite
    kitten knee knife knight knock know label labor ladder lady lake lamb lamp land lane language laser last
    late later latino latte laugh laundry lava lawn lawyer layer layers lazy leader leaf learn leather leave
    left legal legend lemon length lesson letter level lever liberty library life lift light like lily limbs
    limit line linen lion lips list listen liter literally little live lizard load loaf lobby local lock
    locker logic lonely long look loose lord lose lost loud lounge love loves lower lucky luggage lunar
    lunch machine magazine magenta magic magnet maid mail main major make male man manager mango manners
    maple marble march margin marine market mask master match matter maybe mayor meadow meal mean measure
    meat mediate medical medium meet melody melon melt member memory menu mercy message metal meter method
    metro middle midnight might mild milk mill mind mine minister minor mint minute mirror miss mist mixed
    mobile model modern moment monday money monkey month mood moody moon moral more morning mosaic moss most
    moth mother motion motor mountain mountains mouse mouth move movie much muddy mule muscle museum music
    muslim must mystery nail naked name narrow nation native nature naval navy near neck need nephew nerve
    nest never newer news newspaper next night nine noble noise none noodle noon normal north nose note
    nothing novel november number nurse oasis object ocean october odd offer office often olive once onion
    online only open opera orange oranges orbit order organ orion other outer outfit oven over owner oxygen
    oyster pack paddle page pain paint pair palace pale palm panda panel panic pants paper papers parade
    parcel pardon parent park parking parrot part party pass passage past pasta paste path patient pattern
    pause peace peach peak pearl pebble pencil people pepper perfect period person phone photo phrase piano
    picnic picture pier pigeon pillow pilot pine pink pipe pirate pistol pizza place plain plan plane planet
    plant plastic plate play player plaza please plenty plot plus pocket poem poet point poison polar pole
    police policy polish polite politics pond pony pool poor popcorn porch port portal position post poster
    potato pottery pouch powder power prayer preparation present president press pretty price pride priest
    primary prince print prison private prize problem profit program proof proper proud public puddle pulse
    pump puppet puppy pure purple purse push puzzle queen quest question quick quiet quilt quite quota
    rabbit race rack radio rain rainbow raise ranch random range rapid rare rather raven reach react read
    ready real realm reason recipe record reef reflect refuge release relief remote rent repair reply report
    rescue rest restaurant restaurants result return reverse reward ribbon rice rich ride rider ridge rifle
    right ring ripe rise rival river road roast robe robot robots rock rocket rocky roger roll roof room
    root rope rose rough round route routers row royal rubber rude ruin rule runner rural rush saddle safe
    safety sail sailor saint salad sale salmon saloon salt same sample sand sandal sandwich satin saturday
    sauce sausage save scale scaly scarf scarlet scars scene scent school science scissors scoop score scout
    screen screw script sculpture seal search season seat seats second secret section seed seen self sell
    senate senior sense sentence series serious serve service settle seven shade shadow shake shallow shame
    shape share shares shark sharp shed sheep sheet shelf shell shelter sherry shield shift shine ship shirt
    shock shoe shooters shop shopping shore short shot should shoulder show shower shrine sick side sign
    signal silence silent silk silly silver similar simple since singer single sink sister sketch sketches
    skill skin skins skirt skull skyscraper slave sleep sleeve slice slide slim slot slow small smart smell
    smile smoke smooth snail snake snow soap social society sock soda sofa soft soil solar soldier solid
    some someone something sometimes song songs soon sorry soul sound soup source south space spaceship
    spanish spark speak speaker spear special specials speech speed spell spend sphere spice spider spin
    spirit spoon sport spot spray spread spring square squares squirrel stable stack stadium staff stage
    stairs stamp stand star starling start state static station statue stay steak steam steel steep stem
    step stick still stitch stock stomach stone stool stop store storm story stove straight strange straw
    stream street stress strike striker string strip strong studio study stuff style subject subway sudden
    sugar suit summer sun sunday sunny sunset super supper supply sure surf surface surprise swamp swan
    sweat sweet swift swim swing swiss sword symbol system systems table tail take tale talk tall tank tape
    target taste taxi teach teacher team tear teddy teen teeth telescope temple tenant tender tennis tenor
    tent term terrace terrier test text thank theater theatre their theme themselves there thick thief thing
    think third thirsty thousand thread three throne through throw thumb thunder thursday ticket tide tiger
    tight tile timber time tiny title toast today together toilet tomato tomorrow tongue tonight tool tooth
    topic torch tornado total touch tough tour tourist toward towel tower town trace track trade traffic
    trail train transit trap travel tray treasure treat tree trial tribe trick trip tripod troll tropical
    trouble truck true trumpet trunk trust truth tube tuesday tulip tuna tunes tunnel turkey turn turtle
    tutor twelve twenty twice twin twist twister ugly uncle under union unique unit unity until update upper
    upset urban useful usual valley value vanilla vapor vase vault vegetable vehicle velvet vendor very
    vessel video view village vine violet violin virgin virtue visit visitor vital vitamin vivid voice
    volcano volume vote voyage wagon waist wait waiter wake walk wall wallet walnut want warm warning
    warrior wash waste watch water wave wealth weapon wear weather wedding wednesday weed week weight weird
    welcome well west western whale wheat wheel when where which while whip whisper white whole wide width
    wife wild will willing willow wind window windows wine wing winner winter wisdom wise witch with within
    without wizard wolf woman women wonder wood wooden wool word work worker works world worm worry worth
    would wouldn wound wrap wrapper wrist write writer wrong yacht yard year years yellow yesterday yogurt
    young youth zebra zero zone
    """.split()
)
_ENDINGS = ("", "s", "es", "ed", "d", "ing", "er", "r", "ly", "y")


@functools.lru_cache(maxsize=16_384)
def is_common(word: str) -> bool:
    """Tell whether ``word``, in FOLDED, is a common word, a form of one, or shorter than four letters."""
    if len(word) < 4:
        return True
    stems = (word[: len(word) - len(end)] for end in _ENDINGS if word.endswith(end))
    return any(stem in _WORDS or stem + "e" in _WORDS for stem in stems)


def are_common(words: Sequence[str]) -> bool:
    """Tell whether all ``words``, in FOLDED, are common ones."""
    return all(map(is_common, words))
