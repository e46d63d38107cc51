"""The bank of links: CSI in, features out. See `LinkBank`."""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import SUBCARRIERS, CsiBatch, LinkFeatures, wavelength_m
from engine.model.site import RadioSettings
from engine.radio import kernels
from engine.radio.links.agc import COARSE, GainTracker
from engine.radio.links.amplitude import WEAK, Mask, Narrow, Triples, mean_square
from engine.radio.links.baseline import Baselines
from engine.radio.links.channels import CHANNELS, NORM, POWER, SHAPE
from engine.radio.links.directions import Directions
from engine.radio.links.diurnal import DiurnalSlots
from engine.radio.links.facts import Facts
from engine.radio.links.fluctuation import Fluctuation
from engine.radio.links.frames import Frames
from engine.radio.links.health import health
from engine.radio.links.pace import SECOND, Pace
from engine.radio.links.phase import PhaseSteadiness, cleaned
from engine.radio.links.ripples import Ripples
from engine.radio.links.smoothing import Array, share
from engine.radio.links.subcarriers import SubcarrierChoice
from engine.radio.links.threshold import LOWEST, QuietLevels
from engine.radio.location.openness import Openness
from engine.radio.location.paths import Paths, Rows, rounds
from engine.radio.location.scores import Quiet, ordinary, rounding_floor, scattered
from engine.radio.location.stillness import Stillness, waves_of_shapes
from engine.radio.table import ColumnSpec, Table, TablePart, Which, all_or

if TYPE_CHECKING:
    from engine.radio.kernels.bank import BankRound

STATE_VERSION = 2
NOTHING_DB = -200.0
FRAME_S = 1.0  # a frame speaks for no more time than this of what is learned slowly: after a gap it tells nothing of the gap
NOISE_S = 1.5
PEAK_S = 120.0  # how long the strongest scattering is remembered
PEAK_OVER_NOISE = 30.0  # times the quiet power: what a path's strongest is taken for at least
STALE_S = 1.0  # a path silent for longer than this and three frames has nothing to say
UNTRUSTED = 0.9  # of the threshold is as active as a path gets whose node tells no I/Q
WIDTH_FRAMES = 10  # so many frames in a row with another number of subcarriers make it the path's own

_SPECS = {
    "width": ColumnSpec("int64"),
    "other": ColumnSpec("int64"),
    "channel": ColumnSpec("int64"),
    "rms": ColumnSpec(),
    "carries": ColumnSpec("bool"),
    "noise": ColumnSpec(),
    "peak": ColumnSpec(),
    "peak_ns": ColumnSpec("int64"),
}


_Known = tuple[Facts, Quiet, Array]


class LinkBank:
    """All links of a site. Deterministic, without a clock, for one thread; `take` at 12,000 frames/s needs a fifth of a core.

    Every frame belongs to a directed path (reporting node, peer), since the two directions have different receivers and gains. A path is
    seen in three channels (`engine.radio.links.channels`), of which RSSI or the norm of I/Q carries the power, as its data tell. A link
    is the mean of its fresh directions.

    Two kinds of path (`engine.radio.location.openness`): on ordinary ones a static wave stands, which bodies change; `scatter_db` is that.
    Open ones carry only what bodies send; `scatter_db` is the power itself above the weakest ever, moving or not, and `activity` tells
    that it changes by more than a tenth or so.

    Meaning of what `features` gives, beyond `LinkFeatures`:
        activity: RMS fluctuation against the last 1.2 s (averaged over 0.2 s), in the link's own quiet spreads; falls to 0 about a
            second after motion has ended. It does not see a body that keeps perfectly still.
        scatter_db: in dBm where the receiver's RSSI tells anything (also with gain control), else in dB of counts². Everything bodies
            make falls off with the product of the distances to both ends or faster, so a difference of dB between links says which is
            nearer. strength is the same power, linear, relative to the link's own strongest of the last two minutes.
        Both: mean square distance of the amplitudes from the quiet baseline, over 0.15 s, less noise. They see a still
            body as long as the baseline has not absorbed it (four minutes). Where a static path is strong the body's part rotates
            against it, so that single values fade to nothing now and then; where there is none they are the body's power itself.
        A link that has been silent for more than a second (three frames, when slower) has activity, strength and still 0.
    """

    def __init__(self) -> None:
        self._radio = RadioSettings()
        self._paths = Paths()
        self._turns: Array = np.zeros(0)
        self._table = Table(_SPECS)
        self._pace = Pace()
        self._gain = GainTracker()
        self._choice = SubcarrierChoice()
        self._fluctuation = Fluctuation()
        self._baselines = Baselines()
        self._quiet = QuietLevels()
        self._openness = Openness()
        self._phase = PhaseSteadiness()
        self._ripples = Ripples()
        self._stillness = Stillness()
        self._diurnal = DiurnalSlots()
        self._compiled: BankRound | None = None  # until a table grows
        self._forget_known()

    def configure(self, radio: RadioSettings) -> None:
        self._radio = radio

    def take(self, batch: CsiBatch) -> None:
        """Take in all frames of a batch, in order of arrival."""
        if not len(batch):
            return
        self._make_room(batch.links)
        rows = self._paths.rows(batch.links)[batch.link]
        self._grow()
        self._forget_known()
        self._gain.share_among_receivers(self._paths.reporters)
        turns = list(rounds(rows))
        order = np.concatenate(turns)
        frames, rows = Frames.of(batch, order), rows[order]
        compiled = self._begin_compiled(frames, rows)
        for begin, end in pairwise((0, *accumulate(map(len, turns)))):
            turn = slice(begin, end)
            if compiled is None:
                self._step(frames.part(turn), rows[turn])
            else:
                self._step_compiled(compiled, frames, rows[turn], turn)
        self._remember_peaks(rows[: len(turns[0])])

    def features(self, now_ns: int) -> LinkFeatures:
        """What the links say at `now_ns`. Changes nothing."""
        facts, quiet, power = self._path_facts(np.arange(len(self._paths))) if self._newest is None else self._newest
        scores = quiet.scores(facts.fluctuating(self._fluctuation.power())) * facts.usable_channels()
        age, rate = self._pace.age_s(now_ns), self._pace.rate_hz(now_ns)
        fresh = age <= np.maximum(STALE_S, 3.0 / np.maximum(rate, 0.1))
        trusted = self._trusted()
        limit = np.where(trusted, np.inf, UNTRUSTED)
        ratio = np.minimum(np.maximum.reduce(scores / quiet.limit, axis=1, initial=0.0), limit)
        activity = np.minimum(np.maximum.reduce(scores, axis=1, initial=0.0), limit * LOWEST)
        strength = power / np.maximum(np.maximum(self._table["peak"], power), 1e-30)
        healthy = health(facts.noise, rate, self._phase.spread(), facts.is_open, trusted)
        both = Directions(self._paths.members(), fresh)
        means = both.means(np.array([activity, self._baseline_distance(facts), strength, ratio, healthy, power]).T).T
        told = self._ripples.spectra(now_ns) * (fresh & trusted & ~facts.is_open)[:, None]
        return LinkFeatures(
            links=self._paths.links,
            activity=means[0],
            change=means[1],
            strength=means[2],
            motion=means[3] > 1.0,
            still=both.most(np.where(facts.is_open, 0.0, self._stillness.still())),
            health=means[4],
            rate_hz=both.total(rate),
            age_s=both.least(age),
            wavelength_m=np.array([wavelength_m(int(n)) for n in both.newest(self._table["channel"], age)]),
            scatter_db=np.maximum(10.0 * np.log10(np.maximum(means[5], 1e-30)), NOTHING_DB),
            doppler=both.mean_told(told),
        )

    def state(self) -> dict[str, Any]:
        """Plain JSON-able data from which `restore` continues bit by bit."""
        parts = {name: part.state() for name, part in self._parts().items()}
        return {"version": STATE_VERSION, "paths": self._paths.state(), "parts": parts}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from `state`. ValueError when it is of another version."""
        if state["version"] != STATE_VERSION:
            raise ValueError(f"state of version {state['version']}, expected {STATE_VERSION}")
        self._forget_known()
        self._compiled = None
        self._paths.restore(state["paths"])
        for name, part in self._parts().items():
            part.restore(state["parts"][name])

    def _tables(self) -> dict[str, Table]:
        """By the names that compiled rounds know them by; of diurnal slots they know nothing."""
        return {name: part if isinstance(part, Table) else part.table for name, part in self._parts().items() if name != "diurnal"}

    def _parts(self) -> dict[str, Table | TablePart]:
        return {
            "table": self._table,
            "pace": self._pace,
            "gain": self._gain,
            "choice": self._choice,
            "fluctuation": self._fluctuation,
            "baselines": self._baselines,
            "quiet": self._quiet,
            "openness": self._openness,
            "phase": self._phase,
            "ripples": self._ripples,
            "stillness": self._stillness,
            "diurnal": self._diurnal,
        }

    def _forget_known(self) -> None:
        """What was looked up after the last round, of the paths in it, and after the last batch, of all: nobody asks twice."""
        self._last: tuple[Facts, Quiet] | None = None
        self._newest: _Known | None = None

    def _grow(self) -> None:
        """A row for each path in every table."""
        if len(self._turns) != len(self._paths) or len(self._table) != len(self._paths):
            for part in self._parts().values():
                part.grow(len(self._paths))
            self._turns, self._compiled = self._paths.turns(), None

    def _make_room(self, links: Sequence[tuple[str, str]]) -> None:
        """Forget the paths that were heard longest ago where these would be too many."""
        kept = self._paths.crowded_out(links, self._pace.newest_ns())
        if kept is not None:
            self._paths.keep(kept)
            for part in self._parts().values():
                part.keep(kept)
            self._turns, self._compiled = self._paths.turns(), None

    def _step(self, frames: Frames, rows: Rows) -> None:
        """Take in one frame of each of some paths; `rows` (n,) of the tables, rising."""
        at, rms, shape = all_or(rows, len(self._paths)), frames.rms, frames.shape
        dt_s = self._pace.step(at, frames.arrival_ns)
        fits = self._fits(rows, frames.n_sub)
        levels = self._gain.step(at, dt_s, np.where(fits, rms, 0.0), frames.rssi_dbm)
        use = np.empty((len(rows), CHANNELS), np.bool_)
        use[:, SHAPE], use[:, NORM], use[:, POWER] = fits & (rms >= 2 * WEAK), fits, levels[:, 1] > 0
        self._note(at, rms, frames.channel)
        new_s, column = np.minimum(dt_s, FRAME_S), self._column(at)
        self._openness.step(at, new_s, rms, levels, use[:, 1:], column - NORM)
        chosen, usable = self._choice.subcarrier_mask(at), frames.occupied & self._choice.usable(at)
        deviation = self._fluctuation.deviation(at, shape)
        triples = Triples.of(usable)
        noise = triples.noise(deviation)
        self._fluctuation.step(at, dt_s, shape, levels, use, mean_square(deviation, chosen) - noise)
        self._hear_noise(at, dt_s, noise, use[:, SHAPE])
        facts, power = self._facts(rows), self._fluctuation.power()[at]
        self._baselines.step(at, new_s, shape, levels, use, chosen, triples, np.maximum(power, facts.floor))
        fluctuating, quiet = facts.fluctuating(power), self._quiet_of(facts)
        calm = quiet.calm(fluctuating, facts.usable_channels())
        ended = self._learn_quiet(at, new_s, fluctuating)
        self._last = None if ended else (facts, quiet)
        shaped = np.count_nonzero(use[:, SHAPE])
        if shaped == len(rows):  # as is usual
            self._choice.step(at, new_s, shape, frames.occupied, deviation, calm)
            self._look_closer(frames, rows, dt_s, usable, column, ~calm)
        elif shaped:
            self._learn_shapes(frames, rows, dt_s, use[:, SHAPE], usable, deviation, calm)

    def _learn_shapes(self, frames: Frames, rows: Rows, dt_s: Array, new: Mask, usable: Mask, deviation: Narrow, calm: Mask) -> None:
        """Of those frames only that have a shape."""
        some, rows, dt_s, calm = frames.part(new), rows[new], dt_s[new], calm[new]
        self._choice.step(rows, np.minimum(dt_s, FRAME_S), some.shape, some.occupied, deviation[new], calm)
        self._look_closer(some, rows, dt_s, usable[new], self._column(rows), ~calm)

    def _begin_compiled(self, frames: Frames, rows: Rows) -> "BankRound | None":
        """What takes in the frames of a batch, round by round; None where they were not compiled."""
        if kernels.BANK_ROUND is None:
            return None
        if self._compiled is None:
            columns = {f"{name}_{column}": table[column] for name, table in self._tables().items() for column in table.specs}
            self._compiled = kernels.BANK_ROUND({**columns, "turns": self._turns}, len(self._paths))
        numbers = np.asarray(rows, np.int64)
        told = {"rows": numbers, "arrival_ns": frames.arrival_ns, "n_sub": frames.n_sub, "channel": frames.channel}
        self._compiled.batch({**told, "occupied": frames.occupied, "rssi": frames.rssi_dbm, "rms": frames.rms, "shape": frames.shape})
        return self._compiled

    def _step_compiled(self, found: "BankRound", frames: Frames, rows: Rows, turn: slice) -> None:
        """As `_step`, to the last bit. `turn`: which frames of the batch these are."""
        if not found.time(turn.start, turn.stop):
            found.give_fits(self._fits(rows, frames.n_sub[turn]), frames.rms[turn])
        found.change()
        at = all_or(rows, len(self._paths))
        shaped = found.learn(self._diurnal.applied(rows, self._pace.newest_ns()[at], self._quiet.quiet()[at]))
        told = (found[name] for name in ("column", "is_open", "levels", "noise", "floor"))
        facts = Facts(rows, at, np.arange(len(rows)), *told)
        ended = rows[found["quiet_due"]]
        self._end_quiet_blocks(ended)
        self._last = None if len(ended) else (facts, Quiet(found["quiet"], found["spread"], found["limit"]))
        if shaped == len(rows):  # as is usual
            self._look_closer_compiled(found, frames, rows, turn)
        elif shaped:
            some = frames.part(turn)
            self._learn_shapes(some, rows, found["passed_s"], found["use"][:, SHAPE], found["usable"], found["deviation"], found["calm"])

    def _look_closer_compiled(self, found: "BankRound", frames: Frames, rows: Rows, turn: slice) -> None:
        """What is left of it where all frames have a shape."""
        waves, usable = frames.waves[turn], found["usable"]
        if len(due := rows[found["choice_due"]]):
            self._choice.choose(due)
        if len(due := np.flatnonzero(found["phase_due"])):
            self._phase.step(rows[due], cleaned(waves[due], usable[due]), usable[due])
        if many := np.count_nonzero(found["ripples_due"]):
            new = slice(None) if many == len(rows) else found["ripples_due"]
            self._ripples.step(rows[new], found["passed_s"][new], frames.arrival_ns[turn][new], waves[new])
        if len(due := rows[found["bin_ended"]]):
            self._stillness.close(due)
        found.breathe(waves_of_shapes(found["masked"]))

    def _learn_quiet(self, rows: Which, dt_s: Array, fluctuating: Array) -> bool:
        """Whether what is known to be quiet is new for any of them."""
        ended = self._quiet.step(rows, dt_s, fluctuating, self._turns[rows])
        self._end_quiet_blocks(ended)
        return len(ended) > 0

    def _end_quiet_blocks(self, rows: Rows) -> None:
        """Blocks of these paths are complete."""
        if len(rows):
            self._quiet.close(rows)
            self._diurnal.learn(rows, self._pace.newest_ns()[rows], self._quiet.quiet()[rows])

    def _look_closer(self, frames: Frames, rows: Rows, dt_s: Array, usable: Mask, column: Rows, moving: Mask) -> None:
        """Phase and breathing, of frames that have a shape."""
        at = all_or(rows, len(self._paths))
        due = self._phase.due(at, dt_s)
        if np.count_nonzero(due):
            self._phase.step(rows[due], cleaned(frames.waves[due], usable[due]), usable[due])
        due = self._ripples.due(rows, frames.arrival_ns)
        if many := np.count_nonzero(due):
            new = slice(None) if many == len(rows) else due
            self._ripples.step(rows[new], dt_s[new], frames.arrival_ns[new], frames.waves[new])
        level = self._fluctuation.newest()[rows, column] / np.maximum(self._baselines.levels()[rows, column], 1e-12)
        self._stillness.step(at, frames.arrival_ns, frames.shape * usable, level, moving)

    def _fits(self, rows: Rows, n_sub: npt.NDArray[np.uint8]) -> Mask:
        """(n,) whether frames have as many subcarriers as their path's others. A path whose number changes for good begins anew."""
        width, other = self._table["width"], self._table["other"]
        now = np.minimum(n_sub.astype(np.int64), SUBCARRIERS)
        if (known := width[rows]).all() and (known == now).all():  # as is usual
            other[rows] = 0
            return np.ones(len(rows), np.bool_)
        width[rows] = np.where(known == 0, now, known)
        fits = (now == width[rows]) & (now > 0)
        other[rows] = np.where(fits | (now == 0), 0, other[rows] + 1)
        changed = other[rows] >= WIDTH_FRAMES
        if changed.any():
            anew = rows[changed]
            width[anew], other[anew] = now[changed], 0
            for part in (self._fluctuation, self._baselines, self._quiet, self._ripples, self._stillness):
                part.forget(anew)
        return fits | changed

    def _note(self, rows: Which, rms: Array, channel: npt.NDArray[np.uint8]) -> None:
        self._table["rms"][rows] = rms
        self._table["carries"][rows] |= rms >= WEAK
        self._table["channel"][rows] = channel

    def _hear_noise(self, rows: Which, dt_s: Array, noise: Array, use: Mask) -> None:
        """The variance of shapes seen within frames, over `NOISE_S`."""
        known = self._table["noise"][rows]
        part = np.where(known > 0, share(dt_s, NOISE_S), 1.0) * (use & (noise > 0))
        self._table["noise"][rows] += part * (noise - known)

    def _column(self, rows: Which) -> Rows:
        """Which of the channels NORM and POWER carries these paths' power."""
        return np.where(self._gain.by_rssi()[rows], POWER, NORM)

    def _facts(self, rows: Rows) -> Facts:
        at = all_or(rows, len(self._paths))
        rms, levels = self._table["rms"][at], self._fluctuation.means()[at]
        is_open, noise = self._openness.open()[at], self._table["noise"][at]
        floor = rounding_floor(rms, levels, rms < COARSE)
        return Facts(rows, at, np.arange(len(rows)), self._column(at), is_open, levels, noise, floor)

    def _quiet_of(self, of: Facts) -> Quiet:
        known, at, newest_ns = self._quiet, of.at, self._pace.newest_ns()[of.at]
        learnt = self._diurnal.applied(of.rows, newest_ns, known.quiet()[at])
        most = ordinary(of.levels, self._pace.elapsed_s()[at])
        quiet = Quiet.of(learnt, known.spread()[at], known.limits()[at], known.has_baseline()[at], most, of.floor)
        return quiet.where_open(of.is_open, of.floor, of.levels)

    def _path_facts(self, rows: Rows) -> _Known:
        """What is so of these paths after their newest frames; of those of the last round it is looked up already."""
        if self._last is not None and len(self._last[0].rows) == len(rows):  # the paths of a round are among those of the first
            facts, quiet = self._last
        else:
            facts = self._facts(rows)
            quiet = self._quiet_of(facts)
        return facts, quiet, self._scattered(facts, quiet)

    def _scattered(self, of: Facts, quiet: Quiet) -> Array:
        beside = scattered(self._baselines.away()[of.at], self._baselines.levels()[of.at], quiet, of.noise, of.column)
        if not of.is_open.any():
            return beside
        return np.where(of.is_open, self._openness.scattered(of.rows, of.column - NORM), beside)

    def _baseline_distance(self, of: Facts) -> Array:
        """(n,) RMS distance from the baseline, relative to the stronger of baseline and present level."""
        away = self._baselines.away()[of.at]
        level = np.maximum(self._baselines.levels()[of.at], of.levels)[of.each, of.column]
        shape = np.minimum(np.maximum(away[:, SHAPE], 0.0), 4.0)
        return np.sqrt(shape + away[of.each, of.column] / np.maximum(np.square(level), 1e-20))

    def _remember_peaks(self, rows: Rows) -> None:
        """The strongest scattering that each path has lately shown."""
        known = facts, quiet, power = self._path_facts(rows)
        newest = self._pace.newest_ns()[facts.at]
        peak, peak_ns = self._table["peak"], self._table["peak_ns"]
        fade = np.exp(-np.minimum((newest - peak_ns[rows]) / SECOND, 1e6) / PEAK_S)
        least = PEAK_OVER_NOISE * np.square(quiet.level[facts.each, facts.column])
        peak[rows] = np.maximum(np.maximum(peak[rows] * fade, power), least)
        peak_ns[rows] = newest
        self._newest = known if len(rows) == len(self._paths) else None

    def _trusted(self) -> Mask:
        """(paths,) whether the path's reporting node has ever told any I/Q, on whichever path: RSSI alone is hearsay."""
        names = self._paths.reporters()
        telling = {name for name, carries in zip(names, self._table["carries"].tolist(), strict=True) if carries}
        return np.array([name in telling for name in names], np.bool_)
