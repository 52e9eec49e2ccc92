"""`python -m bench NAME`: run one benchmark."""

import importlib
import sys

NAMES = ("pages", "security", "deliveries", "finder", "insight")


def main() -> int:
    """Run the named benchmark; the first when none is named."""
    name, *rest = sys.argv[1:] if sys.argv[1:] and not sys.argv[1].startswith("-") else [NAMES[0], *sys.argv[1:]]
    if name not in NAMES:
        print(f"There is no benchmark {name!r}. There are: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    code: int = importlib.import_module(f"bench.{name}").main(rest)
    return code


if __name__ == "__main__":
    sys.exit(main())
