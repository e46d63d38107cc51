"""`watchroom nodes simulate`: radio nodes that are not there, as clients of a node socket."""

import argparse
import asyncio
import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from console.help.help_texts import EXIT_CODES
from engine.model.errors import InputError
from engine.model.plain_text import escaped
from engine.model.time import SystemClock
from engine.sources.simulated.nodes.fleet import FleetPlan, FleetSummary, simulate_fleet
from engine.sources.simulated.nodes.fleet_update import UpdateBehaviour, UpdateFailure
from engine.sources.simulated.waves.room import Scenario, Space

CHECK_FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    simulate = actions.add_parser(
        "simulate",
        help="send what nodes in a room with walkers would send",
        description="Nodes around a simulated room, as clients of a node socket. Prints one line of JSON at the end.",
        epilog=EXIT_CODES,
    )
    _world(simulate)
    _behaviour(simulate)


def _world(parser: argparse.ArgumentParser) -> None:
    scenarios = [scenario.value for scenario in Scenario]
    parser.add_argument("--url", default="ws://127.0.0.1:8740/ws/node", metavar="WS", help="the node socket (default %(default)s)")
    parser.add_argument("--nodes", type=int, default=4, metavar="N", help="how many nodes, evenly along the walls (default %(default)s)")
    parser.add_argument("--walkers", type=int, default=1, metavar="K", help="how many people (default %(default)s)")
    parser.add_argument("--rate", type=float, default=20.0, metavar="HZ", help="packets per second of every node (default %(default)s)")
    parser.add_argument("--duration", type=float, default=60.0, metavar="S", help="seconds; 0 until stopped (default %(default)s)")
    parser.add_argument("--seed", type=int, default=42, metavar="N", help="of ways, room and noise (default %(default)s)")
    parser.add_argument("--space", default="6x5x2.5", metavar="WxDxH", help="the room in metres (default %(default)s)")
    parser.add_argument("--scenario", choices=scenarios, default="walk", help="what happens (default %(default)s)")
    parser.add_argument(
        "--event-at", type=float, default=10.0, metavar="S", help="when walker 0 falls or drops the bag (default %(default)s)"
    )
    parser.add_argument("--fall-duration", type=float, default=0.8, metavar="S", help="how long the way down takes (default %(default)s)")
    parser.add_argument("--stillness", type=float, metavar="S", help="get up after lying so long (default: stay)")
    parser.add_argument("--ble", action="store_true", help="the walkers carry phones")
    parser.add_argument("--truth", type=Path, metavar="CSV", help="write where everybody really is")


def _behaviour(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--token", default="", metavar="HEX", help="token of every node (default: ask the server to provision each)")
    parser.add_argument("--no-provision", action="store_true", help="come without a token")
    parser.add_argument("--obey-rate", action="store_true", help="follow the rates that the server orders")
    parser.add_argument("--stale-ble", action="store_true", help="repeat phones that are gone, as the firmware does")
    parser.add_argument("--firmware-version", default="sim-1.0.0", metavar="V", help="firmware that nodes start with (default %(default)s)")
    parser.add_argument("--ota-version", default="", metavar="V", help="firmware they claim after an update (default: the one ordered)")
    failures = [failure.value for failure in UpdateFailure]
    parser.add_argument(
        "--ota-failure", nargs="?", const="boot", default="none", choices=failures, help="let updates fail (default %(const)s)"
    )


def run(parsed: argparse.Namespace) -> int:
    summary = asyncio.run(_simulate(plan_of(parsed)))
    for reject in summary.rejects:
        name, _, why = reject.partition(": ")
        print(f"rejected: {escaped(why)} ({escaped(name)})", file=sys.stderr)
    print(json.dumps(asdict(summary)), flush=True)
    return CHECK_FAILED if summary.rejects else 0


def plan_of(parsed: argparse.Namespace) -> FleetPlan:
    """Raises InputError."""
    if parsed.stillness is not None and not 0 <= parsed.stillness < 1e8:
        raise InputError("stillness", f"{parsed.stillness} is no number of seconds")
    lies = {} if parsed.stillness is None else {"lies_s": parsed.stillness}
    return FleetPlan(
        url=parsed.url,
        nodes=parsed.nodes,
        walkers=parsed.walkers,
        rate_hz=parsed.rate,
        duration_s=parsed.duration,
        seed=parsed.seed,
        space=Space.parse(parsed.space),
        scenario=Scenario(parsed.scenario),
        event_at_s=parsed.event_at,
        down_s=parsed.fall_duration,
        ble=parsed.ble,
        stale_reports=parsed.stale_ble,
        obey_rate=parsed.obey_rate,
        token=parsed.token,
        provision=not parsed.no_provision,
        firmware=parsed.firmware_version,
        update=UpdateBehaviour(parsed.ota_version, UpdateFailure(parsed.ota_failure)),
        truth=parsed.truth,
        **lies,
    )


async def _simulate(plan: FleetPlan) -> FleetSummary:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return await simulate_fleet(plan, SystemClock(), stopping)
