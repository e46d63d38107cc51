"""Our categories, Atlas's, and those of Polisen (the Swedish police), as closed tables."""

from engine.model.incidents.incident import IncidentCategory as Category

ATLAS_CATEGORIES = {  # of Atlas: ours, and the severities that it gives to it
    "weapons": (Category.WEAPONS, (4, 5)),
    "violence": (Category.VIOLENCE, (3, 5)),
    "theft": (Category.THEFT, (2, 4)),
    "vandalism": (Category.VANDALISM, (2, 4)),
    "drug_activity": (Category.DRUG_RELATED, (2, 4)),
    "vehicle_crime": (Category.VEHICLE_CRIME, (2, 4)),
    "disturbance": (Category.DISTURBANCE, (1, 3)),
    "suspicious_activity": (Category.SUSPICIOUS_ACTIVITY, (1, 3)),
}
_TO_ATLAS = {ours: theirs for theirs, (ours, _) in ATLAS_CATEGORIES.items()} | {
    Category.ASSAULT: "violence",
    Category.BURGLARY: "theft",
}  # it knows nothing of fire and other

POLISEN_TYPES = (
    "Rån",
    "Våld mot person",
    "Mord/dråp",
    "Sexualbrott",
    "Narkotikabrott",
    "Vapenbrott",
    "Skadegörelse",
    "Inbrott",
    "Stöld",
    "Motorfordon stöld",
    "Brand",
    "Trafikolycka",
    "Trafikhinder",
    "Bråk",
    "Övrigt",
)
_POLISEN = {
    Category.THEFT: "Stöld",
    Category.ASSAULT: "Våld mot person",
    Category.VANDALISM: "Skadegörelse",
    Category.BURGLARY: "Inbrott",
    Category.VEHICLE_CRIME: "Motorfordon stöld",
    Category.DRUG_RELATED: "Narkotikabrott",
    Category.VIOLENCE: "Våld mot person",
    Category.WEAPONS: "Vapenbrott",
    Category.DISTURBANCE: "Bråk",
    Category.SUSPICIOUS_ACTIVITY: "Övrigt",
    Category.FIRE: "Brand",
    Category.OTHER: "Övrigt",
}
_POLISEN_OF_ATLAS = {  # its words for them that are not on the list
    "Misshandel": "Våld mot person",
    "Grov misshandel": "Våld mot person",
    "Våld mot tjänsteman": "Våld mot person",
    "Skottlossning": "Vapenbrott",
    "Ordningsstörning": "Bråk",
    "Ofredande": "Bråk",
    "Klotter": "Skadegörelse",
    "Tillgrepp av fortskaffningsmedel": "Motorfordon stöld",
    "Trafikbrott": "Övrigt",
    "Misstänkt person": "Övrigt",
    "Intrång": "Övrigt",
    "Annan händelse": "Övrigt",
}


def from_atlas(word: str) -> Category | None:
    """None for a word that is not in its taxonomy."""
    found = ATLAS_CATEGORIES.get(word)
    return None if found is None else found[0]


def to_atlas(category: Category) -> str | None:
    """None for what Atlas has no word for."""
    return _TO_ATLAS.get(category)


def polisen_type(category: Category, said: str = "") -> str:
    """Which of the fifteen; `said`: the type in Atlas's words, empty where it said none."""
    if said in POLISEN_TYPES:
        return said
    return _POLISEN_OF_ATLAS.get(said, _POLISEN[category])


def agree(predicted: str, actual: str) -> bool:
    """Whether two of our categories are the same, or the same to Atlas: it cannot tell assault from violence."""
    if predicted == actual:
        return True
    theirs = to_atlas(Category(predicted))
    return theirs is not None and theirs == to_atlas(Category(actual))
