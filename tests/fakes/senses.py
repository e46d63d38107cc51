"""How well the sensors of the made-up office do: good, bad, too few moments, and nothing to compare with."""

from engine.model.sense_quality import SenseFigures, SenseKind, SenseQuality
from engine.model.time import SECOND
from tests.fakes.radio_scene import mac

CAMERA, RADIO, SCANNER = SenseKind.CAMERA, SenseKind.RADIO, SenseKind.SCANNER
CORNER = tuple((4.0 + 0.2 * (n % 4), 6.2 + 0.2 * (n // 4)) for n in range(14))
ELSEWHERE = ((1.0, 1.5), (8.8, 2.0), (10.5, 3.9), (6.1, 3.0), (2.2, 3.8), (9.0, 6.5))


def figures(
    now_ns: int,
    moments: int,
    seen: int,
    apart_m: float | None,
    lost: int = 0,
    alone: int = 0,
    by: tuple[SenseKind, ...] = (RADIO,),
    hours: float = 1.5,
) -> SenseFigures:
    worked_s = 3600 * hours
    since_ns = now_ns - round(worked_s) * SECOND
    return SenseFigures(since_ns, worked_s, worked_s / 0.98, moments, seen, by if moments else (), apart_m, lost, alone)


def office_senses(now_ns: int) -> tuple[SenseQuality, ...]:
    def quality(sensor_id: str, kind: SenseKind, told: SenseFigures, losses: tuple[tuple[float, float], ...] = ()) -> SenseQuality:
        return SenseQuality(sensor_id, kind, told, told, losses, simulated=sensor_id == "radio")

    both = CAMERA, RADIO
    return (
        quality("yard", CAMERA, figures(now_ns, 230, 212, 0.4, 20, 2), (*CORNER, *ELSEWHERE)),
        quality("gate", CAMERA, figures(now_ns, 318, 131, 0.6, 3, 1)),
        quality("dock", CAMERA, figures(now_ns, 0, 0, None)),
        quality("radio", RADIO, figures(now_ns, 412, 251, 0.9, 2, 12, by=(CAMERA,))),
        quality(mac(0), SCANNER, figures(now_ns, 120, 111, 2.7, by=both)),
        quality(mac(1), SCANNER, figures(now_ns, 7, 5, 3.0, by=both)),
        quality(mac(2), SCANNER, figures(now_ns, 0, 0, None)),
    )
