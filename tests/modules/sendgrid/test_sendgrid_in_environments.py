"""SendGrid's place in the environments: those with an account there let the module read its key."""

from __future__ import annotations

from environments import PLATFORM
from environments.dev import DEV
from environments.families.email import EmailFamily, unread_key
from environments.families.secrets import SENDGRID_KEY, SecretsFamily
from environments.prod import PROD
from environments.staging import STAGING
from modules.secrets.secrets_manager import SecretsManagerInputs


def kept() -> SecretsManagerInputs:
    wanted = PLATFORM.settings(PROD, SecretsFamily, "prod")
    assert isinstance(wanted, SecretsFamily)
    return wanted.secrets_manager


def test_only_an_environment_with_an_account_sends_by_sendgrid() -> None:
    sends = {}
    for environment in (DEV, STAGING, PROD):
        wanted = PLATFORM.settings(environment, EmailFamily, environment.name)
        assert isinstance(wanted, EmailFamily)
        sends[environment.name] = wanted.sendgrid is not None
    assert sends == {"dev": False, "staging": True, "prod": True}


def test_the_key_of_prod_is_there_for_the_module_s_roles_and_may_do_what_it_asks() -> None:
    assert list(unread_key(PROD, kept())) == []
    create = kept().api_key_providers[str(kept().secrets[SENDGRID_KEY].provider)].create
    # without scopes SendGrid makes a key that may do everything:
    # https://www.twilio.com/docs/sendgrid/api-reference/api-keys/create-api-keys
    assert {"mail.send", "templates.create", "templates.versions.create"} <= set(create.body_lists["scopes"])
    assert {"api_keys.create", "api_keys.delete"} <= set(create.body_lists["scopes"])
    assert all(scope.startswith(("api_keys.", "mail.send", "templates.")) for scope in create.body_lists["scopes"])


def test_a_key_that_the_module_cannot_read_is_told_before_all_mail_goes_by_ses() -> None:
    without = {name: it for name, it in kept().secrets.items() if name != SENDGRID_KEY}
    (problem,) = unread_key(PROD, kept().but(secrets=without))
    assert problem.path == 'secrets.secrets_manager.secrets["sendgrid"]'
    others = {name: it for name, it in kept().consumers.items() if name != "sendgrid"}
    assert [
        problem.message.partition("role/")[2].partition(",")[0]
        for problem in unread_key(PROD, kept().but(consumers=others))
    ] == [
        "prod-sendgrid-dispatcher",
        "prod-sendgrid-deploy",
    ]
