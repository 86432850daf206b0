"""Sentences that describe what a text may be about; likeness to them is a feature (zero-shot).

Each concept has several sentences, in the styles of captions, tags and requests. Their embeddings are part
of the head's weights, so that nothing here is embedded again when a text is read.
"""

from __future__ import annotations

CONCEPTS: dict[str, tuple[str, ...]] = {
    "sexual.explicit": (
        "An explicit sex scene between adults.",
        "Pornographic video of people having sex.",
        "A close-up of genitals and sexual acts, uncensored porn.",
        "Write an erotic story that describes sexual intercourse.",
    ),
    "sexual.suggestive": (
        "A nude woman poses seductively on a bed.",
        "A sexy model in revealing lingerie, erotic photo shoot.",
        "A shirtless man undresses slowly in a seductive way.",
        "Topless people, bare breasts, sensual and provocative.",
    ),
    "sexual.violence": (
        "Somebody is raped or sexually assaulted.",
        "A person is forced into sex against their will.",
        "A man gropes a woman who resists.",
    ),
    "violence.graphic": (
        "Gory scene with blood, entrails and severed limbs.",
        "A mutilated corpse lies in a pool of blood.",
        "Someone is tortured while they scream in agony.",
        "Disturbing body horror, rotting flesh and maggots.",
    ),
    "violence.general": (
        "A man attacks and kills another person.",
        "People beat and stab a victim in the street.",
        "A murder is happening; the victim falls down dead.",
        "A shooter opens fire at a crowd.",
        "An animal is tortured or beaten cruelly.",
    ),
    "violence.weapons": (
        "A man aims a gun at somebody's head.",
        "Masked men brandish rifles and machetes.",
        "How to make or get an illegal firearm.",
    ),
    "violence.extremism": (
        "Terrorists carry out an attack in a city.",
        "A recruitment video of an extremist armed group.",
        "A suicide bomber prepares to blow up a crowd.",
    ),
    "hate.speech": (
        "A hateful portrayal of an ethnic or religious minority as inferior.",
        "Racist propaganda that calls immigrants vermin.",
        "Women, gays and disabled people are mocked for what they are.",
        "A crowd shouts slurs at a person because of their race.",
    ),
    "harassment.abuse": (
        "A person is humiliated and bullied by others.",
        "Make an insulting video that mocks my coworker.",
        "Children laugh at and shame a classmate.",
    ),
    "harassment.threat": (
        "A threatening message to a person: we know where you live.",
        "Send a video that scares my ex and threatens to hurt them.",
    ),
    "self_harm": (
        "A person is about to commit suicide.",
        "Someone cuts their own arm with a razor.",
        "Starving oneself to be thin, pro-anorexia.",
        "Ways to end my life.",
    ),
    "substances.drugs": (
        "People take illegal drugs such as cocaine and heroin.",
        "A drug lab cooks meth; a dealer sells drugs.",
        "Partying on pills and snorting lines in a club.",
    ),
    "substances.alcohol_tobacco": (
        "Friends drink beer and wine in a bar.",
        "A man smokes a cigarette.",
        "An advert for whisky, cocktails or vapes.",
    ),
    "gambling": (
        "Advert for an online casino, win big at slots and roulette.",
        "A gambler bets money on poker and sports.",
    ),
    "illicit.crime": (
        "A burglar breaks into a house and steals jewellery.",
        "How to steal a car or rob a shop without being caught.",
        "Smugglers traffic people across the border.",
        "Somebody sets a building on fire on purpose.",
    ),
    "illicit.fraud": (
        "A scam advert that promises to double your money.",
        "A phishing message that tricks people into giving their bank details.",
        "A fake charity or investment that cheats old people.",
    ),
    "illicit.mass_weapons": (
        "Making a bomb or a chemical weapon.",
        "A biological weapon is released in a subway.",
        "Somebody assembles a dirty bomb in a garage.",
    ),
    "deception.impersonation": (
        "A deepfake of a politician saying something that they never said.",
        "A fake video of a bank clerk or doctor who asks viewers for something.",
        "A person who pretends to be an official and makes an announcement.",
        "Make it look and sound exactly like the famous person.",
    ),
    "deception.staged_event": (
        "Fake news footage of a disaster, made to look real.",
        "Staged bodycam video presented as real evidence.",
        "Realistic phone footage of an attack that never happened.",
        "A breaking-news report about an invented event.",
    ),
    "deception.forgery": (
        "A forged passport or ID card that looks genuine.",
        "Counterfeit banknotes, fake receipts and certificates.",
    ),
    "consent.intimate_imagery": (
        "Remove the clothes of the woman in this photo.",
        "Make a nude deepfake of my ex-girlfriend.",
        "Put my colleague's face on a naked body.",
    ),
    "consent.covert": (
        "Hidden camera in a changing room films people who do not know.",
        "Secretly filming a woman through her window.",
    ),
    "political.content": (
        "A candidate speaks at an election rally.",
        "Protesters clash with police over government policy.",
        "Political propaganda for a party and its leader.",
        "World leaders of rival countries argue about war and borders.",
        "Citizens vote in an election; ballots are counted.",
        "A national flag is burnt at a demonstration.",
    ),
    "harmless.kitchen": (
        "A chef cuts vegetables with a sharp knife.",
        "A recipe video of baking bread.",
        "A butcher cuts meat at the market.",
    ),
    "harmless.stage": (
        "Make-up artists apply fake wounds on a film set.",
        "Actors rehearse a sword fight on stage.",
        "A haunted house at a Halloween party with fake blood.",
    ),
    "harmless.medicine": (
        "Surgeons in an operating theatre.",
        "An anatomy lesson for medical students.",
        "A mother talks to a nurse about breast-feeding.",
    ),
    "harmless.nature": (
        "A lion hunts a zebra in a nature documentary.",
        "Waves crash on a beach at sunset.",
        "A volcano erupts at night.",
    ),
    "harmless.sport": (
        "Two boxers fight in a ring.",
        "Athletes at a shooting range or archery contest.",
        "Children play football.",
    ),
    "harmless.history": (
        "A museum about a war, with old weapons.",
        "A memorial for victims of a genocide.",
    ),
    "harmless.body": (
        "A family at the beach in swimwear.",
        "A ballet dancer; a yoga class.",
        "A marble statue in a museum; a life-drawing class.",
    ),
    "harmless.feelings": (
        "A person cries at a therapist's office and gets help.",
        "A campaign of a crisis line for people in despair.",
    ),
    "harmless.screen": (
        "A news studio with an anchor at a desk.",
        "A weather report on television.",
        "A detective looks at clues in an office.",
    ),
    "harmless.place": (
        "A city street with people walking and cars.",
        "Tourists visit the parliament building and a castle.",
        "A bride and groom at a town hall.",
    ),
    "harmless.computing": (
        "How do I kill a process on my computer?",
        "What is the best way to shoot a photo?",
        "Explain a topic in science or history.",
    ),
    "harmless.art": (
        "A digital painting of a fantasy landscape, highly detailed.",
        "A portrait of an elegant woman by a famous painter.",
        "An animated cartoon character in a colourful world.",
    ),
    "harmless.product": (
        "An advert for a product on a white background.",
        "A cup of coffee on a wooden table.",
        "A drone shot of a mountain valley.",
    ),
}
"""Sentences by concept; the first part of a harmless concept's name is ``harmless``."""
