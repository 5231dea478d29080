"""Which learning goals a qualification gets: its own official skills, else those of its nearest kin.

Work processes are published under no open licence, so goals are CompetentNL skills. The official mapping gives a qualification
6 to 48 of them, "plan" and "work together" as well as its trade; a student chooses from a dozen. So: what somebody does before what
somebody knows, and what is particular to the qualification before what all share.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reference.models import RESERVED_FROM, GoalOrigin

MOST = 12
# Of those at most so many things to do, if there are things to know besides.
MOST_CAPABILITIES = 7
LEAST = 6


@dataclass(frozen=True)
class Kin:
    """What decides whose goals a qualification may borrow."""

    crebo: int
    name: str
    level: int
    dossier_code: str
    chamber: str
    current: bool


@dataclass(frozen=True)
class Choice:
    """One goal of a qualification, in the order of its list."""

    crebo: int
    code: str
    position: int
    essential: bool
    origin: GoalOrigin


def is_capability(code: str) -> bool:
    """CompetentNL tells what somebody can do (CNL-C-…) from what somebody knows (CNL-K-…)."""
    return code.startswith("CNL-C-")


@dataclass
class GoalChooser:
    """Chooses from the official mapping crebo -> goal codes, given all qualifications that there are."""

    qualifications: list[Kin]
    official: Mapping[int, set[str]]
    spread: Counter[str] = field(init=False)
    mapped: list[Kin] = field(init=False)

    def __post_init__(self) -> None:
        self.spread = Counter(code for codes in self.official.values() for code in codes)
        self.mapped = [one for one in self.qualifications if one.crebo in self.official]

    def all(self) -> Iterator[Choice]:
        """The goals of every current qualification."""
        for qualification in self.qualifications:
            if qualification.current:
                yield from self.choose(qualification)

    def choose(self, qualification: Kin) -> Iterator[Choice]:
        """Up to MOST goals: official ones are essential; borrowed ones, each from the nearest kin that has any, are not."""
        own = self.official.get(qualification.crebo, set())
        chosen = dict.fromkeys(_mix(sorted(own, key=lambda code: (self.spread[code], code))), GoalOrigin.DIRECT)
        for origin, crebos in self._kin(qualification):
            if len(chosen) >= LEAST:
                break
            counts = Counter(code for crebo in crebos for code in self.official[crebo])
            # Frequent among the kin, and more so than elsewhere: else every sector would get "plan" and "work together".
            frequent = sorted(counts, key=lambda code: (-(counts[code] ** 2) / self.spread[code], code))
            # Pupils without a crebo practise what to do; what to know belongs to the files of mbo.
            usable = filter(is_capability, frequent) if qualification.crebo >= RESERVED_FROM else frequent
            for code in _mix([code for code in usable if code not in chosen]):
                if len(chosen) < MOST:
                    chosen[code] = origin
        for position, (code, origin) in enumerate(chosen.items(), 1):
            yield Choice(qualification.crebo, code, position, origin is GoalOrigin.DIRECT, origin)

    def _kin(self, one: Kin) -> Iterator[tuple[GoalOrigin, list[int]]]:
        """Nearest first. Pupils without a crebo look at levels 1 and 2 of their sector chamber."""
        if one.crebo < RESERVED_FROM:
            yield GoalOrigin.VERSION, self._crebos(lambda other: (other.name, other.level) == (one.name, one.level))
            if one.dossier_code:
                yield GoalOrigin.DOSSIER, self._crebos(lambda other: other.dossier_code == one.dossier_code)
            yield GoalOrigin.CHAMBER, self._crebos(lambda other: other.chamber == one.chamber)
            yield GoalOrigin.LEVEL, self._crebos(lambda other: other.level == one.level)
        else:
            yield GoalOrigin.CHAMBER, self._crebos(lambda other: other.chamber == one.chamber and other.level <= 2)
            yield GoalOrigin.LEVEL, self._crebos(lambda other: other.level <= 2)

    def _crebos(self, is_kin: Callable[[Kin], bool]) -> list[int]:
        return [other.crebo for other in self.mapped if is_kin(other)]


def _mix(codes: Iterable[str]) -> list[str]:
    """The first MOST_CAPABILITIES things to do, then things to know up to MOST, then the rest of what to do."""
    ranked = list(codes)
    do = [code for code in ranked if is_capability(code)]
    know = [code for code in ranked if not is_capability(code)]
    return [*do[:MOST_CAPABILITIES], *know[: MOST - MOST_CAPABILITIES], *do[MOST_CAPABILITIES:]][:MOST]
