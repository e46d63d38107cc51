"""Words that may stand in a question and change nothing."""

from engine.history.lexicon.tokens import word_set

FILLERS = word_set(
    """a an the of in on at to for from by into onto inside outside within near via through over under up out off as is are was were be been
    being am do does did done has have had having can could would should will shall may might must i me my mine we us our ours you your
    it its this that these those there here please kindly pls plz hi hello hey thanks thank ok okay so well just also too either even
    really actually exactly precisely about around roughly maybe perhaps some any each both same site premises building property place
    company camera cameras cam cams zone zones area areas room rooms come comes came coming go goes went going gone get got getting see
    saw seen sees seeing spot spotted spots notice noticed look looked looks looking appear appeared appears show shows showed shown
    showing visit visits visited visiting enter entered enters entering use used uses using pass passed passes passing walk walked walks
    walking step stepped stay stayed stays staying spend spent spends pay paid make made makes making catch caught know known knows tell
    give let want wanted need like would record records recorded recording captured capture system watchroom anyone's one ones time
    times ever yet already still again then than and or if whether but with without down up across along between during until
    present found find sighting sightings sight
    new recent different appearance appearances needs
    recently lately else more less fewer much many few several lot lots bit ago over per history  day days
    hour hours night week most least
    busy quiet kind kinds type types sort sorts person people gate first last off on what which who whom whose where when why how that's
    us them they he she him her his hers their entire whole total overall far so such own way ways working work use through front take
    took taken taking put say says said ask asked answer question check checking checked verify look identify identified detect detected
    detects detecting believe think say near point moment period span shift regarding concerning related relating involving involve
    involved involves left behind leave right hand good morning dear quick quickly briefly short list lists sorry could've breakdown
    break broken split not no never nothing none cause caused occur occurs least most than compared seem seemed seems hold holds holding
    raise raises raising gates event data available information info details detail severity priority severities level levels grade
    assigned assign belongs belong belonging name called by's state status currently now today's
    reported worse above higher greater better below lower under beyond km kilometre kilometres kilometer kilometers metre metres
    meter meters m mile miles close vicinity neighbourhood neighborhood away s t d ll re ve everything actually simply exactly count
    oh yes yeah hmm um uh mate buddy sir madam apart aside besides except counting excluding other others another alone entrance going
    happening hours minute minutes seconds long longer full complete completely all every always anytime sometime somewhere
    anywhere everywhere place start starts started starting end ends
    ended begin began begins begun been's heard hear around's reach reached reaches exist exists existed run came's walk's
    house home on's mean means based according account sharp lasted lasts lasting giving gives gave judged
    concerned considered classed rated deemed decision decisions candidate candidates
    leaving including ignoring minus excluded omitted excepted mention
    mentions mentioned mentioning neither nor current grouped""".replace("\n", " ")
)
