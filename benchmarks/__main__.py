"""`python -m benchmarks NAME`, in a source checkout."""

import argparse
import sys

from benchmarks import cases
from console.__main__ import exit_code, log_to_stderr
from console.help.help_texts import EXIT_CODES


def command_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=cases.__doc__, epilog=EXIT_CODES)
    parser.add_argument("--verbose", action="store_true", help="log more, on stderr")
    cases.add_arguments(parser)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one benchmark. Gives the exit code."""

    def run() -> int:
        parsed = command_parser().parse_args(arguments)
        log_to_stderr(parsed.verbose)
        return cases.run(parsed)

    return exit_code(run)


if __name__ == "__main__":
    sys.exit(main())
