"""The one way to run a query: for one viewer, at one moment, with their verbs and cameras."""

from collections.abc import Callable
from dataclasses import replace

from engine.history.queries import alerts as queries_alerts
from engine.history.queries import counts as queries_counts
from engine.history.queries import events as queries_events
from engine.history.queries import people as queries_people
from engine.history.queries import typical as queries_typical
from engine.history.queries.findings import count_citation
from engine.history.queries.reach import Reach
from engine.history.queries.rows import Result
from engine.model.accounts.access import Verb
from engine.model.errors import PermissionDenied
from engine.model.history.query import Ask, By, Of, Query


class Desk:
    """`Queries` of one viewer. Any thread."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    def run(self, query: Query) -> Result:
        if Verb.SEE_PAST not in self._reach.viewer.verbs:
            raise PermissionDenied(Verb.SEE_PAST.value)
        match query.ask:
            case Ask.COUNT:
                return queries_counts.count_asked(self._reach, query)
            case Ask.COMPARE:
                return queries_counts.compare(self._reach, query)
            case Ask.WHY_ALERT:
                return queries_alerts.why_alert(self._reach, query)
            case Ask.WHY_NOTHING:
                return queries_alerts.why_nothing(self._reach, query)
            case Ask.HANDLED:
                return queries_alerts.handled(self._reach, query)
            case Ask.OBSERVED:
                return self._observed(query)
            case Ask.DAYS if query.by is By.PERSON:
                return queries_people.regular(self._reach, query)
            case Ask.MATCHING:
                return queries_people.matching(self._reach, query)
            case Ask.AT_ONCE:
                return queries_people.at_once(self._reach, query)
            case Ask.AVERAGE | Ask.USUAL | Ask.LENGTHS | Ask.CLOCKS | Ask.DAYS | Ask.SHARE | Ask.ORDER | Ask.LACKING:
                return self._typical(query)
            case _:
                return self._run_query(query)

    def _run_query(self, query: Query) -> Result:
        reach = self._reach
        if query.of is Of.ALERTS and query.ask is Ask.CLIP:
            return queries_events.clip(reach, query)
        if query.of in (Of.ALERTS, Of.HELD, Of.INCIDENTS):
            return (
                queries_alerts.newest_alerts(reach, query)
                if query.ask in (Ask.LAST, Ask.FIRST)
                else queries_alerts.list_alerts(reach, query)
            )
        match query.ask:
            case Ask.LAST | Ask.FIRST if query.of is Of.PEOPLE:
                return queries_events.ends(reach, query)
            case Ask.LAST:
                return queries_events.last(reach, query)
            case Ask.FIRST:
                return queries_events.first(reach, query)
            case Ask.STAYS:
                return queries_events.stays(reach, query)
            case Ask.HOW_LONG if query.by is By.PERSON:
                return queries_typical.stayed(reach, query)
            case Ask.HOW_LONG:
                return queries_events.how_long(reach, query)
            case Ask.WITH:
                return queries_events.together(reach, query)
            case Ask.ABSENT:
                return queries_events.absent(reach, query)
            case Ask.CLIP:
                return queries_events.clip(reach, query)
            case _:
                return queries_events.list_people(reach, query) if query.of is Of.PEOPLE else queries_events.list_events(reach, query)

    def _typical(self, query: Query) -> Result:
        runs: dict[Ask, Callable[[Reach, Query], Result]] = {
            Ask.AVERAGE: queries_typical.average,
            Ask.USUAL: queries_typical.usual,
            Ask.LENGTHS: queries_typical.lengths,
            Ask.CLOCKS: queries_typical.clocks,
            Ask.DAYS: queries_typical.days,
            Ask.SHARE: queries_typical.share,
            Ask.ORDER: queries_typical.order,
            Ask.LACKING: queries_typical.lacking,
        }
        return runs[query.ask](self._reach, query)

    def _observed(self, query: Query) -> Result:
        reach = self._reach
        blind = reach.blind(query.scope)
        seconds = sum(each.span.until_ns - each.span.since_ns for each in blind) / 1e9
        found = Result(
            query,
            count_citation(query, reach.now_ns),
            total=len(blind),
            blind=blind,
            seconds=seconds,
            known=len(reach.watching(query.scope)),
        )
        return replace(found, unseen=reach.unseen(query.scope, blind))
