"""Wrong settings are refused where they stand, in Python and by Terraform in the same words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan.framework.checking import problems_of
from groundplan.problems import BadInput
from modules.certificates.private_ca import Crl, PrivateCa, PrivateCaInputs, Subordinate
from tests.modules.private_ca.examples import BELOW_ANOTHER, FULL, PARENT, ROOT, SMALL, SMALL_ROOT
from tests.support.planning import ModulePlan, refusals

MESH = FULL.subordinates["mesh"]


def below(subordinate: Subordinate) -> PrivateCaInputs:
    return FULL.but(subordinates={"issuing": subordinate})


WRONG: dict[str, tuple[PrivateCaInputs, str]] = {
    "two roots": (
        FULL.but(parent=PARENT),
        "root: must be given, or parent instead, and not both",
    ),
    "a root that signs for seven days": (
        SMALL.but(subordinates={"mesh": MESH}),
        "subordinates: must be empty when root is short_lived, which could sign them for seven days only",
    ),
    "a certificate that outlives its root's": (
        FULL.but(root=ROOT.but(validity_years=5)),
        'subordinates["mesh"].validity_years: must be less than the root\'s validity_years: AWS signs nothing that '
        "outlives its issuer, got validity_years = 5",
    ),
    "a reminder in the past": (
        below(MESH.but(validity_years=1, revocation="crl")),
        'subordinates["issuing"].validity_years: must be longer than renewal_reminder_days, or the reminder would be '
        "in the past, got validity_years = 1",
    ),
    "a root's reminder in the past": (
        SMALL.but(root=SMALL_ROOT.but(validity_years=1)),
        "root: must be valid for longer than renewal_reminder_days, or the reminder would be in the past, "
        "got renewal_reminder_days = 425",
    ),
    "lists without a bucket": (
        FULL.but(crl=None, root=ROOT.but(revocation="ocsp")),
        'subordinates["internal"].revocation: needs crl: give crl, which may be empty, or change the revocation, '
        'got revocation = "crl"',
    ),
    "a root's lists without a bucket": (
        SMALL.but(root=SMALL_ROOT.but(revocation="crl")),
        "root: has a revocation that needs crl: give crl, which may be empty, or change the revocation",
    ),
    "a bucket that no authority writes to": (
        SMALL.but(crl=Crl(), subordinates={}),
        "subordinates: must have one whose revocation is crl or ocsp_and_crl, or the root must, when crl is given: "
        "remove crl otherwise",
    ),
    "a subordinate named like the root": (
        FULL.but(subordinates={"root": MESH, **FULL.subordinates}),
        'subordinates["root"]: must not be named root, as the root is',
    ),
    "an authority below a short-lived one": (
        below(MESH.but(path_length=1, revocation="crl")),
        'subordinates["issuing"].path_length: must be 0 when short_lived: such an authority is the last one, '
        "got path_length = 1",
    ),
    "a weak key": (
        below(MESH.but(key_algorithm="RSA_1024", revocation="crl")),
        'subordinates["issuing"].key_algorithm: must be one of "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", '
        '"EC_secp384r1", "EC_secp521r1", got "RSA_1024"',
    ),
    "a partner outside of the organization": (
        below(MESH.but(share_with=["partner@example.com"], revocation="crl")),
        'subordinates["issuing"].share_with[0]: must be an account id of twelve digits, or the ARN of an organization '
        'or of an organizational unit, got "partner@example.com"',
    ),
    "lists at no host in particular": (
        FULL.but(crl=Crl(served_at="*.example.com")),
        "crl.served_at: must be a domain in lower case without a wildcard or a dot at its end, such as example.com, "
        'got "*.example.com"',
    ),
    "a country by its name": (
        FULL.but(subject=FULL.subject.but(country="USA")),
        'subject.country: must be a country code of two capital letters, such as US, got "USA"',
    ),
    "a deletion that nobody can take back": (
        FULL.but(permanent_deletion_days=1),
        "permanent_deletion_days: must be 7 to 30, got 1",
    ),
}
OF_SEVERAL = {
    "a bucket that no authority writes to",
    "a certificate that outlives its root's",
    "a reminder in the past",
    "a root that signs for seven days",
    "a root's lists without a bucket",
    "a root's reminder in the past",
    "lists without a bucket",
    "two roots",
}
"""Those whose rule looks at more than one of the module's settings."""


def said(inputs: PrivateCaInputs) -> list[str]:
    return [f"{problem.path}: {problem.message}" for problem in problems_of(inputs)]


@pytest.mark.parametrize("inputs", [FULL, SMALL, BELOW_ANOTHER], ids=["full", "small", "below another"])
def test_the_examples_are_sound(inputs: PrivateCaInputs) -> None:
    assert said(inputs) == []


def test_authorities_without_a_root_are_refused(plan_module: Callable[..., ModulePlan]) -> None:
    message = "root: must be given, or parent instead, and not both"
    assert said(FULL.but(root=None)) == [message]
    with pytest.raises(BadInput, match=message):
        plan_module(PrivateCa, FULL.but(root=None))


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_setting_is_refused_at_its_place(wrong: str) -> None:
    inputs, message = WRONG[wrong]
    assert message in said(inputs)


@pytest.mark.parametrize("several", [False, True], ids=["of one setting", "of several settings"])
def test_terraform_refuses_the_same_in_the_same_words(several: bool, tmp_path: Path) -> None:
    # what is wrong with one setting stops Terraform before it looks at several
    wrong = {name: case for name, case in WRONG.items() if (name in OF_SEVERAL) is several}
    told = refusals(PrivateCa, {name: inputs for name, (inputs, _) in wrong.items()}, tmp_path)
    assert {name: message for name, (_, message) in wrong.items() if message not in told[name]} == {}
