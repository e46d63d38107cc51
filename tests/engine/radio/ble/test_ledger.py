"""How well a phone fits somebody's way."""

from dataclasses import replace

from engine.radio.ble.ledger import Reading, fit_at
from engine.radio.ble.path_loss import USUAL
from tests.engine.radio.ble.made_phones import at, blob

NEAR_DBM = -59.0  # about a metre away


def test_a_phone_that_was_heard_on_the_way_fits_though_its_carrier_has_gone_on():
    reading = Reading((0.0, 0.0, 1.0), USUAL, NEAR_DBM, 1.0)
    came, stood = blob("came", (6.0, 0.0), 10.0, 0.1), blob("stood", (6.0, 0.0), 10.0, 0.1)
    came = replace(came, trail=tuple((at(10.0 - ago), 6.0 - 1.8 * ago, 0.0) for ago in (4.0, 3.0, 2.0, 1.0, 0.0)))
    stood = replace(stood, trail=tuple((at(10.0 - ago), 6.0, 0.0) for ago in (4.0, 3.0, 2.0, 1.0, 0.0)))
    with_way, without = fit_at(at(10.0), [came, stood], [reading])
    usual_gain = with_way.shape[1] // 2
    assert (with_way[:, usual_gain] > without[:, usual_gain]).all()


def test_who_has_no_way_yet_is_where_they_are():
    reading = Reading((0.0, 0.0, 1.0), USUAL, NEAR_DBM, 1.0)
    here = blob("b", (3.0, 0.0), 10.0)
    fits = fit_at(at(10.0), [here, replace(here, trail=((at(10.0), 3.0, 0.0),))], [reading])
    assert (fits[0] == fits[1]).all()
