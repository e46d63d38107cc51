"""Which words speak for which category, and for which of Polisen's types. English, and the Swedish that Polisen's list needs.

Whole words in all their forms, because parts of words lie: "gun" is in "begun", "rob" in "robust", "hit" in "white".
"""

from typing import TypeAlias

from engine.model.incidents.incident import IncidentCategory as Category
from engine.model.value_class import dataclass

Phrase: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """words: single ones. phrases: several in a row. `emergency`: whether it cannot wait."""

    category: Category
    polisen: str
    words: frozenset[str]
    phrases: tuple[Phrase, ...] = ()
    emergency: bool = False


def _topic(category: Category, polisen: str, words: str, phrases: str = "", emergency: bool = False) -> Topic:
    return Topic(category, polisen, _word_set(words), _phrases(phrases), emergency)


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> tuple[Phrase, ...]:
    return tuple(tuple(phrase.split()) for phrase in text.split(",") if phrase)


TOPICS = (  # of equal strength the earlier one wins
    _topic(
        Category.WEAPONS,
        "Vapenbrott",
        "gun guns gunman gunmen gunshot gunshots gunfire gunpoint handgun handguns shotgun shotguns pistol pistols revolver "
        "revolvers rifle rifles firearm firearms weapon weapons armed shoot shoots shooting shootings shooter shooters shot shots "
        "knife knives knifepoint machete machetes sword swords dagger axe bomb bombs bombing grenade grenades explosive explosives "
        "explosion explosions hostage vapen vapnet vapnen skjutvapen pistolen pistoler gevär geväret hagelgevär kniv kniven knivar "
        "knivarna knivhot knivhotad yxa yxan skott skottet skotten skottlossning skottlossningen skjutning skjutningen skjutningar "
        "skjuter sköt skjuten skjutna beväpnad beväpnade sprängning sprängningen sprängladdning granat handgranat explosionen "
        "detonation gisslan",
        "opened fire,opens fire,opening fire",
        emergency=True,
    ),
    _topic(
        Category.VIOLENCE,
        "Mord/dråp",
        "murder murders murdered murdering murderer homicide manslaughter kill kills killed killing mord mordet mordförsök mördad "
        "mördade dråp dråpet dödad",
        emergency=True,
    ),
    _topic(
        Category.ASSAULT,
        "Sexualbrott",
        "rape rapes raped raping rapist molest molested molesting våldtäkt våldtäkten våldtagen våldtog sexualbrott",
        "sexual assault,sexually assaulted,sexuellt ofredande,sexuellt övergrepp",
        emergency=True,
    ),
    _topic(
        Category.VIOLENCE,
        "Våld mot person",
        "stab stabs stabbed stabbing stabbings strangle strangled strangling knivhuggen knivhuggna knivskuren knivskurna knivdåd",
        emergency=True,
    ),
    _topic(
        Category.VIOLENCE,
        "Våld mot person",
        "fight fights fighting fought brawl brawls brawling attack attacks attacked attacking attacker attackers assault assaults "
        "assaulted assaulting beaten beating punch punched punches punching kick kicks kicked kicking slap slapped violence violent "
        "violently threaten threatens threatened threatening kidnap kidnapped kidnapping slagsmål slagsmålet slåss slogs misshandel "
        "misshandeln misshandlad misshandlade misshandlar misshandlas våld våldet våldsam våldsamt attacken attackerad attackerade "
        "överfall överfallet överfallen överföll sparkad sparkar sparkade hotar hotade hotad",
        "beat up,beats up,hit him,hit her,hit me,hits him,hits her,hit a man,hit a woman,våld mot person",
    ),
    _topic(
        Category.THEFT,
        "Rån",
        "rob robs robbed robbing robber robbers robbery robberies mugged mugging mugger muggers rån rånet rånad rånade rånare "
        "rånaren rånförsök",
    ),
    _topic(
        Category.VEHICLE_CRIME,
        "Motorfordon stöld",
        "carjack carjacked carjacking carjackings bilstöld bilstölder bilinbrott biltjuv biltjuvar fordonsstöld",
        "hit and run,car theft,car thefts,car thief,vehicle theft,auto theft",
    ),
    _topic(
        Category.THEFT,
        "Stöld",
        "theft thefts thief thieves steal steals stealing stole stolen shoplift shoplifts shoplifted shoplifter shoplifters "
        "shoplifting pickpocket pickpockets pickpocketed snatch snatched snatches snatching looted looting stöld stölden stölder "
        "stjäl stjäla stal stulit stulen stulet stulna bestulen snatta snattar snattade snatteri tjuv tjuven tjuvar tjuvarna "
        "ficktjuv ficktjuvar",
    ),
    _topic(
        Category.BURGLARY,
        "Inbrott",
        "burglary burglaries burglar burglars burgled burglarized inbrott inbrottet inbrottsförsök inbrottstjuv inbrottstjuvar",
        "broke into,break into,breaking into,broken into,break in,breaking in,break ins,bröt sig in,bryter sig in,brutit sig in",
    ),
    _topic(
        Category.FIRE,
        "Brand",
        "fire fires flames blaze ablaze arson arsonist burning brand branden bränder brinner brann brinnande mordbrand eld elden eldsvåda",
        "thick smoke,black smoke,on fire,tjock rök,svart rök",
        emergency=True,
    ),
    _topic(
        Category.DRUG_RELATED,
        "Narkotikabrott",
        "drug drugs narcotic narcotics cocaine heroin cannabis amphetamine meth fentanyl narkotika narkotikan knark knarkar "
        "knarklangare langare langning droger kokain hasch amfetamin",
    ),
    _topic(
        Category.VANDALISM,
        "Skadegörelse",
        "vandal vandals vandalism vandalised vandalized vandalising vandalizing graffiti smashed smashing skadegörelse skadegörelsen "
        "klotter klottrar klottrade vandaliserar vandaliserad vandaliserat krossad krossade sönderslagen",
        "spray painted,spray painting,property damage,broken window,broken windows,broke a window,broke the window",
    ),
    _topic(
        Category.OTHER,
        "Trafikolycka",
        "collision collided trafikolycka trafikolyckan krock krocken krockade krockat kolliderade påkörd påkörda singelolycka viltolycka",
        "car crash,car accident,traffic accident,road accident,hit by a car,hit by a bus,hit by a truck",
    ),
    _topic(
        Category.OTHER,
        "Trafikhinder",
        "trafikhinder trafikstopp",
        "road blocked,road is blocked,blocks the road,blocking the road,traffic jam",
    ),
    _topic(
        Category.DISTURBANCE,
        "Bråk",
        "noise noisy loud disturbance disturbances disorderly drunk drunken shouting screaming yelling quarrel quarrelling arguing "
        "bråk bråket bråkar bråkade bråkig oväsen stökigt ordningsstörning ofredande berusad berusade fylleri skriker",
    ),
    _topic(
        Category.SUSPICIOUS_ACTIVITY,
        "Övrigt",
        "suspicious suspiciously loitering trespassing trespasser prowler prowling misstänkt misstänkta smyger",
    ),
)
EMERGENCIES = (
    _word_set("unconscious bleeding stabbed medvetslös medvetslösa blöder"),
    _phrases("not breathing,stopped breathing,andas inte"),
)
HARMLESS = _phrases(  # in these, a word means something else
    "water pistol,toy pistol,toy rifle,shooting range,shot hoops,shooting hoops,kill the engine,killed the engine,"
    "nail gun,glue gun,heat gun,water gun,toy gun,spray gun,radar gun,massage gun,grease gun,staple gun,nerf gun,squirt gun,"
    "gun free,weapon free,drug free,photo shoot,film shoot,video shoot,shoot a video,shoot a film,shooting star,shooting stars,"
    "photo shooting,flu shot,booster shot,shot of,shots of,mug shot,long shot,bath bomb,bath bombs,one armed,alarm is armed,"
    "alarm armed,alarm was armed,axe throwing,skjuter upp,sköt upp,heart attack,panic attack,asthma attack,anxiety attack,"
    "snowball fight,pillow fight,food fight,fighting the fire,fight the fire,fruit punch,hole punch,kick off,kicked off,"
    "kicks off,kicking a ball,kicked a ball,kill time,killing time,heart beating,drug store,prescription drugs,fire station,"
    "fire engine,fire truck,fire brigade,fire department,fire fighter,fire fighters,fire drill,fire exit,fire escape,fire door,"
    "fire hydrant,fire extinguisher,fire pit,fire place,fire works,brand new,brand name,brand of,theft protection,"
    "theft insurance,sword fish,loud and clear"
)
NAMES = frozenset(("Rob",))  # written so, it is somebody's name
SWEDISH_NAMES = frozenset(("Gun",))
SWEDISH_ONLY = frozenset(("brand",))  # means something else in English
VEHICLES = _word_set(
    "car cars vehicle vehicles van vans truck trucks lorry motorcycle motorcycles motorbike motorbikes moped mopeds scooter scooters "
    "bil bilen bilar motorcykel motorcykeln moped mopeden lastbil lastbilen"
)
OF_VEHICLES = _word_set(  # between a theft and the vehicle that it is of
    "a an the my his her our your their parked new old red blue black white grey gray silver green was is were been has have got "
    "being en ett min mitt mina vår våra hans hennes deras parkerad blev blivit har är var"
)
