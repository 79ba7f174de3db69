"""The official record: a machine looks, a person tells. Its readers, in the order in which they are asked."""

from collections.abc import Mapping

from tracker.official.designations import read_sanctions
from tracker.official.law import read_law
from tracker.official.looking import Reader
from tracker.official.parliament import read_bills, read_instruments

READERS: Mapping[str, Reader] = {
    "bills": read_bills,
    "law": read_law,
    "instruments": read_instruments,
    "sanctions": read_sanctions,
}
