"""UK Sanctions Lists of invented people, bodies and ships, in the shape of the real files."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tracker.official.fetching import SavedAnswers, file_name
from tracker.official.sanctions import CSV, XML

RUSSIA = "The Russia (Sanctions) (EU Exit) Regulations 2019"
RIGHTS = "The Global Human Rights Sanctions Regulations 2020"
COLUMNS = (
    "Last Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Name type,"
    "Alias strength,Title,Name non-latin script,Non-latin script type,Non-latin script language,Regime Name,"
    "Designation Type,Designation source,Sanctions Imposed,Other Information,UK Statement of Reasons,Address Line 1,"
    "Address Line 2,Address Line 3,Address Line 4,Address Line 5,Address Line 6,Address Postal Code,Address Country,"
    "Phone number,Website,Email address,Date Designated,D.O.B,Nationality(/ies),National Identifier number,"
    "National Identifier additional information,Passport number,Passport additional information,Position,Gender,"
    "Town of birth,Country of birth,Type of entity,Subsidiaries,Parent company,Business registration number (s),"
    "IMO number,Current owner/operator (s),Previous owner/operator (s),Current believed flag of ship,Previous flags,"
    "Type of ship,Tonnage of ship,Length of ship,Year Built,Hull identification number (HIN)"
)
BIRTH, PASSPORT, STREET = "dd/06/1975", "000 FICTION", "1 Example Street"


@dataclass(frozen=True)
class Entry:
    """An invented entry; its names are primary first, each with the surname last."""

    unique_id: str
    names: tuple[str, ...]
    kind: str = "Individual"
    regime: str = RUSSIA
    designated: str = "15/11/2022"
    imposed: str = "Asset freeze|Travel Ban"
    other_script: str = ""


TESTOV = Entry("RUS9001", ("Boris Ivanovich TESTOV", "Boris TESTOFF"), other_script="БОРИС ИВАНОВИЧ ТЕСТОВ")
EXAMPLE_BANK = Entry("GHR9002", ("EXAMPLE & SAMPLE BANK",), "Entity", RIGHTS, "06/07/2020")
PROSPECT = Entry("RUS9003", ("EXAMPLE PROSPECT",), "Ship", designated="01/01/0001", imposed="De-flag|De-flag")
THREE = (TESTOV, EXAMPLE_BANK, PROSPECT)


def as_xml(entries: Sequence[Entry] = THREE, day: str = "20/11/2026") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<Designations xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"  <DateGenerated>{day}</DateGenerated>\n{''.join(map(_element, entries))}</Designations>\n"
    )


def _element(entry: Entry) -> str:
    names = "".join(_name(name) for name in entry.names)
    return f"""  <Designation>
    <LastUpdated>15/11/2026</LastUpdated><DateDesignated>{entry.designated}</DateDesignated>
    <UniqueID>{entry.unique_id}</UniqueID>
    <Names>{names}<Name/></Names>
    <NonLatinNames><NonLatinName><NameNonLatinScript>{entry.other_script}</NameNonLatinScript></NonLatinName>
    </NonLatinNames>
    <RegimeName>{entry.regime}</RegimeName><IndividualEntityShip>{entry.kind}</IndividualEntityShip>
    <DesignationSource>UK</DesignationSource><SanctionsImposed>{entry.imposed}</SanctionsImposed>
    <UKStatementofReasons>
</UKStatementofReasons>
    <Addresses><Address><AddressLine1>{STREET}</AddressLine1></Address></Addresses>
    <IndividualDetails><Individual><DOBs><DOB>{BIRTH}</DOB></DOBs><PassportDetails><Passport>
      <PassportNumber>{PASSPORT}</PassportNumber></Passport></PassportDetails></Individual></IndividualDetails>
  </Designation>
"""


def _name(name: str) -> str:
    *first, last = escape(name).split(" ")
    parts = "".join(f"<Name{number}>{part}</Name{number}>" for number, part in enumerate(first, 1))
    return f"<Name>{parts}<Name6>{last}</Name6><NameType>Primary Name</NameType></Name>"


def as_csv(entries: Sequence[Entry] = THREE, day: str = "20-Nov-2026", header: str = COLUMNS) -> str:
    """A row for each name, twice: the real file repeats it for each address."""
    columns = COLUMNS.split(",")
    lines = [f"Report Date: {day}", header]
    for entry in entries:
        for name in entry.names * 2:
            *first, last = name.split(" ")
            said = {
                "Unique ID": entry.unique_id, "Name 6": last, "Regime Name": entry.regime, "D.O.B": BIRTH,
                "Designation Type": entry.kind, "Sanctions Imposed": entry.imposed, "Address Line 1": STREET,
                "Date Designated": entry.designated, "Name non-latin script": entry.other_script,
                "UK Statement of Reasons": '"First line\nsecond, with ""quotes"""', "Passport number": PASSPORT,
            } | {f"Name {number}": part for number, part in enumerate(first, 1)}  # fmt: skip
            lines.append(",".join(said.get(column, "") for column in columns))
    return "\r\n".join([*lines, ""])


class SavedLists(SavedAnswers):
    """Answers of a sanctions site that is a folder; a file that is not there is a site that is down."""

    def put(self, xml: str | bytes = "", csv: str | bytes = "") -> "SavedLists":
        """Let these be the answers from now on."""
        for path, content in ((XML, xml), (CSV, csv)):
            file = self.folder / file_name("sanctions", path)
            file.parent.mkdir(exist_ok=True)
            file.unlink(missing_ok=True)
            if content:
                file.write_bytes(content.encode() if isinstance(content, str) else content)
        return self
