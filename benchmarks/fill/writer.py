"""The expressions that the statements of the fill are put together from.

Every value follows from the number ``i`` of the run (and ``k`` of its dataset or parameter), so a fill is the
same each time, and rows of different tables find each other without being looked up.
"""

from benchmarks.fill.dialects import Dialect
from benchmarks.fill.population import (
    FEW,
    FIRST_MOMENT,
    GROUP_OF_FEW,
    GROUPS,
    KIND_GROUP,
    KIND_USER,
    PEOPLE,
)

SPAN = 3 * 365 * 86_400  # seconds over which the runs are spread
WORKFLOWS = 60
RUNS_OF_FEW = (17, 4017, 8017)
KIND_RUN = 16
# Odd numbers of 32 bits: multiplying by one and keeping the upper half shuffles the numbers of the runs.
MULTIPLIERS = {
    "workflow": 2654435761,
    "status": 2246822519,
    "owner": 3266489917,
    "public": 668265263,
    "duration": 374761393,
    "deleted": 2971215073,
    "k": 1597334677,
    "genome": 3812015801,
    "quality": 958689277,
    "origin": 1103515245,
}


class Writer:
    """Writes expressions for a registry of ``runs`` runs."""

    def __init__(self, dialect: Dialect, runs: int) -> None:
        self.sql = dialect
        self.runs = runs
        self.step = max(1, SPAN // runs)

    def pick(self, what: str, below: int, number: str = "i") -> str:
        """A number from 0 to ``below`` - 1 that looks random and follows from ``number``."""
        return f"((({number}) * {MULTIPLIERS[what]} % 4294967296) / 65536 % {below})"

    def fixed(self, kind: int, number: str) -> str:
        """The identifier of a row that was made at the first moment: a person, a group, a version."""
        return self.sql.identifier(kind, str(FIRST_MOMENT * 1000), number)

    def run_id(self, number: str) -> str:
        """The identifier of the run with this number."""
        return self.sql.identifier(KIND_RUN, f"({FIRST_MOMENT} + ({number}) * {self.step}) * 1000", number)

    def facts(self, first: int, last: int) -> str:
        """The runs of these numbers as a table: second, owner, group, workflow, luck, public, deleted."""
        skewed = f"({self.pick('owner', 1000)} * {self.pick('owner', 1000)} * {PEOPLE} / 1000000)"
        few = ", ".join(map(str, RUNS_OF_FEW))
        counted = (
            f"SELECT i, {FIRST_MOMENT} + i * {self.step} AS s, {self.pick('workflow', WORKFLOWS)} AS w,"
            f" CASE WHEN i IN ({few}) THEN {FEW} ELSE {skewed} END AS u, {self.pick('status', 100)} AS luck,"
            f" {self.pick('public', 100)} < 2 AND i NOT IN ({few}) AS shown,"
            f" {self.pick('deleted', 100)} < 1 AND i NOT IN ({few}) AS gone"
            f" FROM {self.sql.series('i', first, last)}"
        )
        group = f"CASE WHEN u = {FEW} THEN {GROUP_OF_FEW} ELSE u % {GROUPS} END"
        columns = f"i, s, s * 1000 AS ms, w, u, {group} AS g, luck, shown, gone"
        return f"(SELECT {columns} FROM ({counted}) AS one) AS run"

    def parts(self, first: int, last: int, each: int) -> str:
        """The same, ``each`` rows for every run, numbered by ``k``."""
        return f"{self.facts(first, last)} CROSS JOIN {self.sql.series('k', 0, each - 1)}"

    def insert(self, table: str, values: dict[str, str], source: str) -> str:
        """INSERT INTO ``table`` the expressions ``values`` over the rows of ``source``."""
        columns = ", ".join(f'"{column}"' for column in values)
        return f"INSERT INTO {table} ({columns}) SELECT {', '.join(values.values())} FROM {source}"

    def made(self, *, moment: str = "s", user: str = "u") -> dict[str, str]:
        """The columns that every record has."""
        maker = self.fixed(KIND_USER, user)
        return {
            "created": self.sql.moment(moment),
            "modified": self.sql.moment(moment),
            "created_by_id": maker,
            "modified_by_id": maker,
        }

    def owned(self, *, user: str = "u", group: str = "g", public: str = "shown") -> dict[str, str]:
        """The columns that every owned record has."""
        return {
            "owner_id": self.fixed(KIND_USER, user),
            "owned_by_id": self.fixed(KIND_GROUP, group),
            "public": public,
        }
