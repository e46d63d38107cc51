"""Default weights: those of the taxonomy that they are said to come from."""

from engine.incidents.atlas.taxonomy import ATLAS_CATEGORIES, to_atlas
from engine.model.incidents.incident import IncidentCategory
from engine.model.risk.risk import DEFAULT_WEIGHTS, RiskSettings


def test_weights_are_the_middle_of_atlas_severities_over_moderate() -> None:
    named = {category: word for category in IncidentCategory if (word := to_atlas(category)) is not None}
    middle = {category: sum(ATLAS_CATEGORIES[word][1]) / 2 for category, word in named.items()}
    assert {category: DEFAULT_WEIGHTS[category] for category in named} == {category: round(at / 3, 2) for category, at in middle.items()}
    assert IncidentCategory.FIRE not in named and DEFAULT_WEIGHTS[IncidentCategory.FIRE] == DEFAULT_WEIGHTS[IncidentCategory.VIOLENCE]
    assert IncidentCategory.OTHER not in named and DEFAULT_WEIGHTS[IncidentCategory.OTHER] == 1.0


def test_every_category_has_a_weight_and_a_set_one_goes_before() -> None:
    settings = RiskSettings(weights=((IncidentCategory.FIRE, 0.0),))
    assert [settings.weight(category) for category in IncidentCategory] == [
        0.0 if category is IncidentCategory.FIRE else DEFAULT_WEIGHTS[category] for category in IncidentCategory
    ]
