"""The readable parts of a combined pack: its front page (HTML) and its timeline (CSV). The same index and rows give the same bytes."""

import csv
import html
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

from engine.model.clock_text import ReportTimes
from engine.model.plain_text import without_control
from engine.model.time import to_iso
from engine.model.value_class import dataclass
from engine.recording.pack.combined import INDEX, TIMELINE, CombinedIndex, MissingPart, PartEntry, report_file
from engine.runtime.audit.audit_heads import fingerprint
from engine.runtime.evidence.part_contents import Row, on_console_clock

MOST_SHOWN = 1_000  # rows on the front page
_COLUMNS = ("utc", "site", "site_clock", "until_site_clock", "kind", "what", "place", "severity", "id", "simulated")
_FORMULA = "=+-@\t\r"  # what tables take for a formula at the beginning of a cell
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff; max-width: 1100px; margin: 32px auto; padding: 0 24px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 36px 0 10px; } h3 { font-size: 16px; margin: 0 0 6px; }
p { margin: 6px 0; } .quiet { color: #57606a; } .note { white-space: pre-wrap; border-left: 3px solid #d0d7de; padding-left: 12px; }
.part { border: 1px solid #d0d7de; border-radius: 8px; padding: 14px 18px; margin: 12px 0; }
.missing { border-color: #bf8700; background: #fff8c5; } .mark { color: #9a6700; font-weight: 600; }
dl { display: grid; grid-template-columns: 190px 1fr; gap: 3px 16px; margin: 8px 0 0; } dt { color: #57606a; } dd { margin: 0; }
.mono { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 14px; } th { text-align: left; color: #57606a; font-weight: 600; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid #eaeef2; vertical-align: top; } td.time { white-space: nowrap; }
a.go { display: inline-block; margin: 4px 16px 4px 0; font-weight: 600; }
@media print { body { margin: 0; max-width: none; } .part { break-inside: avoid; } }
"""


@dataclass(frozen=True, slots=True)
class TimedRow:
    """`utc_ns`: by the clock of the console that made the pack."""

    utc_ns: int
    part: PartEntry
    row: Row


def common_timeline(parts: Sequence[PartEntry], rows: Mapping[str, Iterable[Row]]) -> tuple[TimedRow, ...]:
    """Rows of all parts in one order. `rows`: by the key of the part."""
    found = (TimedRow(on_console_clock(row.at_ns, part.clock_ahead_s), part, row) for part in parts for row in rows.get(part.key, ()))
    return tuple(sorted(found, key=lambda each: (each.utc_ns, each.part.key, each.row.kind, each.row.id)))


def timeline_bytes(timeline: Sequence[TimedRow]) -> bytes:
    out = StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_COLUMNS)
    table.writerows([_cell(each) for each in _csv_row(timed)] for timed in timeline)
    return out.getvalue().encode("utf-8", "replace")


def front_page(index: CombinedIndex, timeline: Sequence[TimedRow]) -> bytes:
    body = "".join((_head(index), _sites(index), _timeline(index, timeline), _checking(index)))
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{_text(index.title)}: combined evidence pack</title><style>{_STYLE}</style></head>\n<body>\n{body}</body></html>\n"
    )
    return page.encode("utf-8", "replace")


def _csv_row(timed: TimedRow) -> tuple[str, ...]:
    row = timed.row
    until = "" if row.until_ns is None else to_iso(row.until_ns)
    first = (to_iso(timed.utc_ns), timed.part.site, to_iso(row.at_ns), until, row.kind, row.what, row.place)
    return (*first, str(row.severity), row.id, "simulated" if row.simulated else "")


def _cell(text: str) -> str:
    plain = without_control(text)
    return f"'{plain}" if plain[:1] and plain[0] in _FORMULA else plain


def _text(text: str) -> str:
    return html.escape(without_control(text))


def _head(index: CombinedIndex) -> str:
    made = [part for part in index.parts if part.simulated]
    mark = '<p class="mark">SIMULATED: some of what this pack shows did not happen.</p>' if made else ""
    note = f'<p class="note">{_text(index.note)}</p>' if index.note.strip() else ""
    sites = f"{len(index.parts)} of {len(index.parts) + len(index.missing)} sites" if index.missing else f"{len(index.parts)} sites"
    return (
        f'<h1>{_text(index.title)}</h1><p class="quiet">Combined evidence pack of {sites}, made {_utc(index.created_ns)}'
        f" with Watchroom {_text(index.version)}.</p>{mark}{note}"
    )


def _sites(index: CombinedIndex) -> str:
    return f"<h2>Sites</h2>{''.join(_missing(each) for each in index.missing)}{''.join(_part(index, each) for each in index.parts)}"


def _missing(part: MissingPart) -> str:
    return (
        f'<div class="part missing"><h3>{_text(part.site)}: not in this pack</h3><p>{_text(part.reason)}</p>'
        "<p>Nothing that this site recorded is included. Its recordings may still be at the site.</p></div>\n"
    )


def _part(index: CombinedIndex, part: PartEntry) -> str:
    times = ReportTimes(part.time_zone)
    counts = ", ".join((_count_text(part.events, "event"), _count_text(part.alerts, "alert"), _count_text(part.videos, "video")))
    facts = (
        ("Calls itself", _text(part.site_name)),
        ("From, by its clock", f"{_text(times.full(index.since_ns))}; {_utc(index.since_ns)}"),
        ("To, by its clock", f"{_text(times.full(index.until_ns))}; {_utc(index.until_ns)}"),
        ("Clock", _clock(part)),
        ("Contents", counts),
        ("Made", f"{_text(times.full(part.created_ns))} by {_text(part.by)}"),
        ("Pack", f'<span class="mono">{_text(part.pack_id)}</span>, {part.size_bytes:,} bytes'),
        ("SHA-256 of the file", f'<span class="mono">{_text(part.sha256)}</span>'),
        ("Signing key", f'<span class="mono">{_text(fingerprint(part.signer))}</span>'),
        *(("Not in this part", _text(sentence)) for sentence in part.missing),
    )
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    return (
        f'<div class="part"><h3>{_text(part.site)}</h3><a class="go" href="{report_file(part)}">Open the report (PDF)</a>'
        f'<a class="go" href="{part.file}">Signed pack of this site (ZIP)</a><dl>{rows}</dl></div>\n'
    )


def _count_text(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _clock(part: PartEntry) -> str:
    if part.clock_ahead_s is None:
        return "not compared with the clock of the console"
    if part.clock_ahead_s == 0:
        return f"agrees with that of the console within {part.clock_error_s:.3f} s"
    side = "ahead of" if part.clock_ahead_s > 0 else "behind"
    return f"{abs(part.clock_ahead_s):.3f} s {side} that of the console (± {part.clock_error_s:.3f} s)"


def _timeline(index: CombinedIndex, timeline: Sequence[TimedRow]) -> str:
    lead = (
        "Times in UTC are those of the sites, corrected by how far each clock was from the clock of the console when this pack was made, as"
        " it stands with each site. The time that the site itself recorded stands beside it."
    )
    if not timeline:
        return "<h2>Timeline</h2><p>No events or alerts were recorded in this time.</p>"
    rows = "".join(_row(each) for each in timeline[:MOST_SHOWN])
    heads = "".join(f"<th>{name}</th>" for name in ("UTC", "Site", "By the site’s clock", "What", "Place", "Severity"))
    more = len(timeline) - MOST_SHOWN
    rest = f'<p>{more:,} more rows are in <a href="{TIMELINE}">{TIMELINE}</a>.</p>' if more > 0 else ""
    whole = f'<p class="quiet">All rows as a table: <a href="{TIMELINE}">{TIMELINE}</a></p>'
    return f'<h2>Timeline</h2><p class="quiet">{lead}</p><table><tr>{heads}</tr>\n{rows}</table>{rest}{whole}'


def _row(timed: TimedRow) -> str:
    row = timed.row
    mark = ' <span class="mark">SIMULATED</span>' if row.simulated else ""
    local = ReportTimes(timed.part.time_zone).moment(row.at_ns)
    cells = (f"{row.kind}: {_text(row.what)}{mark}", _text(row.place), str(row.severity))
    return (
        f'<tr><td class="time">{_utc(timed.utc_ns)}</td><td>{_text(timed.part.site)}</td><td class="time">{_text(local)}</td>'
        f"{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"
    )


def _checking(index: CombinedIndex) -> str:
    sentences = (
        "<code>watchroom evidence verify FILE</code> checks every part by its own signature, and every file against"
        f" <code>{INDEX}</code>. With <code>--rerun</code> the record of each part is run again.",
        "Each site signed its own part with its own key. Compare the fingerprints above with what the sites told you in another way.",
        f"This page, <code>{TIMELINE}</code> and <code>{INDEX}</code> are not signed: they are made from the parts, and lead to them. Clock"
        " differences and the reasons for missing sites come from the console alone.",
        "Each part names, under its site’s signature, all sites of this pack: a part that was taken out is noticed.",
        "Without Watchroom: <code>sha256sum parts/*.zip</code> against the digests above; each part explains in its report how to go on.",
    )
    lines = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return f'<h2>How to check this pack</h2>{lines}<p class="quiet">Pack <span class="mono">{_text(index.id)}</span></p>'


def _utc(at_ns: int) -> str:
    return to_iso(max(at_ns, 0)).replace("T", " ").replace("Z", " UTC")
