"""The bank of links: CSI in, features out. See `LinkBank`."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from engine.model.radio import SUBCARRIERS, CsiBatch, LinkFeatures, wavelength_m
from engine.model.site import RadioSettings
from engine.radio.agc import COARSE, GainTracker
from engine.radio.amplitude import WEAK, Amplitudes, Mask, Narrow, Triples, mean_square
from engine.radio.baseline import Baselines
from engine.radio.channels import NORM, POWER, SHAPE
from engine.radio.directions import Directions
from engine.radio.diurnal import DiurnalSlots
from engine.radio.facts import Facts
from engine.radio.fluctuation import Fluctuation
from engine.radio.health import health
from engine.radio.openness import Openness
from engine.radio.pace import SECOND, Pace
from engine.radio.paths import Paths, Rows, rounds
from engine.radio.phase import PhaseSteadiness, cleaned, waves_of
from engine.radio.ripples import Ripples
from engine.radio.scores import Quiet, ordinary, rounding_floor, scattered
from engine.radio.smoothing import Array, share
from engine.radio.stillness import Stillness
from engine.radio.subcarriers import SubcarrierChoice
from engine.radio.table import ColumnSpec, Table
from engine.radio.threshold import LOWEST, QuietLevels

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


class _Part(Protocol):
    def grow(self, rows: int) -> None: ...
    def keep(self, rows: Rows) -> None: ...
    def state(self) -> dict[str, Any]: ...
    def restore(self, state: Mapping[str, Any]) -> None: ...


class LinkBank:
    """All links of a site. Deterministic, without a clock, for one thread; `take` at 12,000 frames/s needs a fifth of a core.

    Every frame belongs to a directed path (reporting node, peer), since the two directions have different receivers and gains. A path is
    seen in three channels (`engine.radio.channels`), of which RSSI or the norm of I/Q carries the power, as its data tell. A link
    is the mean of its fresh directions.

    Two kinds of path (`engine.radio.openness`): on ordinary ones a static wave stands, which bodies change; `scatter_db` is the change.
    Open ones carry only what bodies send; `scatter_db` is the power itself above the weakest ever, moving or not, and `activity` tells
    that it changes by more than a tenth or so.

    Meaning of what `features` gives, beyond `LinkFeatures`:
        activity: RMS fluctuation against the last 1.2 s (averaged over 0.2 s), in the link's own quiet spreads; falls to 0 about a
            second after motion has ended. It does not see a body that keeps perfectly still.
        scatter_db: in dBm where RSSI tells anything (also of real nodes with gain control), else in dB of counts². Everything bodies
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

    def configure(self, radio: RadioSettings) -> None:
        self._radio = radio

    def take(self, batch: CsiBatch) -> None:
        """Take in all frames of a batch, in order of arrival."""
        if not len(batch):
            return
        self._make_room(batch.links)
        rows = self._paths.rows(batch.links)[batch.link]
        self._grow()
        amplitudes = Amplitudes.of(batch.iq, batch.n_sub)
        shapes = amplitudes.shapes()
        for turn in rounds(rows):
            self._step(batch, amplitudes, shapes, turn, rows[turn])
        self._remember_peaks(np.unique(rows))

    def features(self, now_ns: int) -> LinkFeatures:
        """What the links say at `now_ns`. Changes nothing."""
        facts = self._facts(np.arange(len(self._paths)))
        quiet = self._quiet_of(facts)
        scores = quiet.scores(facts.fluctuating(self._fluctuation.power())) * facts.heard()
        age, rate = self._pace.age_s(now_ns), self._pace.rate_hz(now_ns)
        fresh = age <= np.maximum(STALE_S, 3.0 / np.maximum(rate, 0.1))
        trusted = self._trusted()
        limit = np.where(trusted, np.inf, UNTRUSTED)
        ratio = np.minimum((scores / quiet.limit).max(axis=1, initial=0.0), limit)
        activity = np.minimum(scores.max(axis=1, initial=0.0), limit * LOWEST)
        power = self._scattered(facts, quiet)
        strength = power / np.maximum(np.maximum(self._table["peak"], power), 1e-30)
        healthy = health(facts.noise, rate, self._phase.spread(), facts.is_open, trusted)
        both = Directions(self._paths.members(), fresh)
        means = both.means(np.stack([activity, self._change(facts), strength, ratio, healthy, power], axis=1)).T
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
        self._paths.restore(state["paths"])
        for name, part in self._parts().items():
            part.restore(state["parts"][name])

    def _parts(self) -> dict[str, _Part]:
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

    def _grow(self) -> None:
        """A row for each path in every table."""
        if len(self._turns) != len(self._paths) or len(self._table) != len(self._paths):
            for part in self._parts().values():
                part.grow(len(self._paths))
            self._turns = self._paths.turns()

    def _make_room(self, links: Sequence[tuple[str, str]]) -> None:
        """Forget the paths that were heard longest ago where these would be too many."""
        kept = self._paths.crowded_out(links, self._pace.newest_ns())
        if kept is not None:
            self._paths.keep(kept)
            for part in self._parts().values():
                part.keep(kept)
            self._turns = self._paths.turns()

    def _step(self, batch: CsiBatch, amplitudes: Amplitudes, shapes: Narrow, turn: Rows, rows: Rows) -> None:
        """Take in one frame of each of some paths: frames `turn` of the batch, rows `rows` of the tables."""
        rms, shape, occupied = amplitudes.rms[turn], shapes[turn], amplitudes.occupied[turn]
        dt_s = self._pace.step(rows, batch.arrival_ns[turn])
        fits = self._fits(rows, batch.n_sub[turn])
        levels = self._gain.step(rows, dt_s, np.where(fits, rms, 0.0), batch.rssi_dbm[turn].astype(np.float64))
        use = np.stack([fits & (rms >= 2 * WEAK), fits, levels[:, 1] > 0], axis=1)
        self._note(rows, rms, batch.channel[turn])
        new_s, column = np.minimum(dt_s, FRAME_S), self._column(rows)
        self._openness.step(rows, new_s, rms, levels, use[:, 1:], column - NORM)
        chosen, usable = self._choice.chosen(rows), occupied & self._choice.usable(rows)
        deviation = self._fluctuation.deviation(rows, shape)
        triples = Triples.of(usable)
        noise = triples.noise(deviation)
        self._fluctuation.step(rows, dt_s, shape, levels, use, mean_square(deviation, chosen) - noise)
        self._hear_noise(rows, dt_s, noise, use[:, 0])
        facts, power = self._facts(rows), self._fluctuation.power()[rows]
        self._baselines.step(rows, new_s, shape, levels, use, chosen, triples, np.maximum(power, facts.floor))
        fluctuating = facts.fluctuating(power)
        calm = self._calm(facts, fluctuating)
        self._learn_quiet(rows, new_s, batch.arrival_ns[turn], fluctuating)
        shaped = _which(use[:, 0])
        self._choice.step(rows[shaped], new_s[shaped], shape[shaped], occupied[shaped], deviation[shaped], calm[shaped])
        self._look_closer(batch, turn[shaped], rows[shaped], dt_s[shaped], shape[shaped], usable[shaped], column[shaped], ~calm[shaped])

    def _learn_quiet(self, rows: Rows, dt_s: Array, arrival_ns: npt.NDArray[np.int64], fluctuating: Array) -> None:
        ended = self._quiet.step(rows, dt_s, fluctuating, self._turns[rows])
        if len(ended):
            self._diurnal.learn(ended, self._pace.newest_ns()[ended], self._quiet.quiet()[ended])

    def _look_closer(
        self, batch: CsiBatch, turn: Rows, rows: Rows, dt_s: Array, shape: Narrow, usable: Mask, column: Rows, moving: Mask
    ) -> None:
        """Phase and breathing, of frames that have a shape."""
        if not len(rows):
            return
        arrival_ns, waves = batch.arrival_ns[turn], waves_of(batch.iq[turn])
        due = self._phase.due(rows, dt_s)
        if due.any():
            self._phase.step(rows[due], cleaned(waves[due], usable[due]), usable[due])
        due = self._ripples.due(rows, arrival_ns)
        if due.any():
            new = _which(due)
            self._ripples.step(rows[new], dt_s[new], arrival_ns[new], waves[new])
        level = self._fluctuation.newest()[rows, column] / np.maximum(self._baselines.levels()[rows, column], 1e-12)
        self._stillness.step(rows, arrival_ns, shape * usable, level, moving)

    def _fits(self, rows: Rows, n_sub: npt.NDArray[np.uint8]) -> Mask:
        """(n,) whether frames have as many subcarriers as their path's others. A path whose number changes for good begins anew."""
        width, other = self._table["width"], self._table["other"]
        now = np.minimum(n_sub.astype(np.int64), SUBCARRIERS)
        width[rows] = np.where(width[rows] == 0, now, width[rows])
        fits = (now == width[rows]) & (now > 0)
        other[rows] = np.where(fits | (now == 0), 0, other[rows] + 1)
        changed = other[rows] >= WIDTH_FRAMES
        if changed.any():
            anew = rows[changed]
            width[anew], other[anew] = now[changed], 0
            for part in (self._fluctuation, self._baselines, self._quiet, self._ripples, self._stillness):
                part.forget(anew)
        return fits | changed

    def _note(self, rows: Rows, rms: Array, channel: npt.NDArray[np.uint8]) -> None:
        self._table["rms"][rows] = rms
        self._table["carries"][rows] |= rms >= WEAK
        self._table["channel"][rows] = channel

    def _hear_noise(self, rows: Rows, dt_s: Array, noise: Array, use: Mask) -> None:
        """The variance of shapes seen within frames, over `NOISE_S`."""
        known = self._table["noise"][rows]
        part = np.where(known > 0, share(dt_s, NOISE_S), 1.0) * (use & (noise > 0))
        self._table["noise"][rows] += part * (noise - known)

    def _column(self, rows: Rows) -> Rows:
        """Which of the channels NORM and POWER carries these paths' power."""
        return np.where(self._gain.by_rssi()[rows], POWER, NORM)

    def _facts(self, rows: Rows) -> Facts:
        rms, levels = self._table["rms"][rows], self._fluctuation.means()[rows]
        is_open, noise = self._openness.open()[rows], self._table["noise"][rows]
        return Facts(rows, np.arange(len(rows)), self._column(rows), is_open, levels, noise, rounding_floor(rms, levels, rms < COARSE))

    def _quiet_of(self, of: Facts) -> Quiet:
        known, newest_ns = self._quiet, self._pace.newest_ns()[of.rows]
        learnt = self._diurnal.applied(of.rows, newest_ns, known.quiet()[of.rows])
        most = ordinary(of.levels, self._pace.elapsed_s()[of.rows])
        quiet = Quiet.of(learnt, known.spread()[of.rows], known.limits()[of.rows], known.known()[of.rows], most, of.floor)
        return quiet.where_open(of.is_open, of.floor, of.levels)

    def _calm(self, of: Facts, fluctuating: Array) -> Mask:
        quiet = self._quiet_of(of)
        calm: Mask = np.logical_and.reduce(quiet.scores(fluctuating) * of.heard() < quiet.limit / 2, axis=1)
        return calm

    def _scattered(self, of: Facts, quiet: Quiet) -> Array:
        beside = scattered(self._baselines.away()[of.rows], self._baselines.levels()[of.rows], quiet, of.noise, of.column)
        if not of.is_open.any():
            return beside
        return np.where(of.is_open, self._openness.scattered(of.rows, of.column - NORM), beside)

    def _change(self, of: Facts) -> Array:
        """(n,) RMS distance from the baseline, relative to the stronger of baseline and present level."""
        away = self._baselines.away()[of.rows]
        level = np.maximum(self._baselines.levels()[of.rows], of.levels)[of.each, of.column]
        shape = np.minimum(np.maximum(away[:, SHAPE], 0.0), 4.0)
        return np.sqrt(shape + away[of.each, of.column] / np.maximum(np.square(level), 1e-20))

    def _remember_peaks(self, rows: Rows) -> None:
        """The strongest scattering that each path has lately shown."""
        facts = self._facts(rows)
        quiet, newest = self._quiet_of(facts), self._pace.newest_ns()[rows]
        peak, peak_ns = self._table["peak"], self._table["peak_ns"]
        fade = np.exp(-np.minimum((newest - peak_ns[rows]) / SECOND, 1e6) / PEAK_S)
        least = PEAK_OVER_NOISE * np.square(quiet.level[facts.each, facts.column])
        peak[rows] = np.maximum(np.maximum(peak[rows] * fade, self._scattered(facts, quiet)), least)
        peak_ns[rows] = newest

    def _trusted(self) -> Mask:
        """(paths,) whether the path's reporting node has ever told any I/Q, on whichever path: RSSI alone is hearsay."""
        names = self._paths.reporters()
        telling = {name for name, carries in zip(names, self._table["carries"].tolist(), strict=True) if carries}
        return np.array([name in telling for name in names], np.bool_)


def _which(mask: Mask) -> Mask | slice:
    """The same as an index; where all are chosen, as is usual, one that copies nothing."""
    return slice(None) if mask.all() else mask
