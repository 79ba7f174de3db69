"""Which provisions a text names, as staff and legislation.gov.uk write them."""

import pytest

from tracker.official.provisions import provisions_of


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("s. 51", "s51"),
        ("S. 51(2)(a)", "s51"),
        ("section 51", "s51"),
        ("ss. 49-52", "s49 s50 s51 s52"),
        ("ss. 1, 3 and 5(2)", "s1 s3 s5"),
        ("sections 1 to 3", "s1 s2 s3"),
        ("s. 53C", "s53C"),
        ("s. 250(2)-(5)", "s250"),
        ("s. 63(3), 64", "s63 s64"),
        ("reg. 5 and Sch. 2 para. 3", "reg5 sch2"),
        ("Sch. 3 paras. 6-8", "sch3"),
        ("Arts 8A and 8B", "art8A art8B"),
        ("art. 3(b) Sch. 1", "art3 sch1"),
        ("Pt. 3", "part3"),
        ("s. 4; Schedule 1", "s4 sch1"),
        ("rule 3", "r3"),
        ("ss. 1-9999", "s1"),
        ("The whole Act", ""),
        ("", ""),
        ("52 weeks", ""),
    ],
)
def test_provisions_are_known_however_they_are_written(text: str, named: str) -> None:
    expected = {(word.rstrip("0123456789ABC"), word.lstrip("aceghprst")) for word in named.split()}
    assert provisions_of(text) == expected
