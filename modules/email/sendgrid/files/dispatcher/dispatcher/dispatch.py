"""How a mail finds its way: SendGrid first, SES when SendGrid does not take it, each mail once.

SendGrid has no key by which a second handing over of a mail would be known for one. So a mail whose answer got lost is
not handed to anybody for `uncertain_seconds`: SendGrid's event webhook tells meanwhile whether it was taken, and the
mail is done, or it was not, and SES gets it. Two copies come of it only when SendGrid took the mail and its event does
not arrive in that time. SES tells nothing of the kind: a mail of whose handing over to SES nobody knows goes to the
dead letters, for a person to decide.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from .errors import NotAccepted, Refused, Uncertain, Waits
from .ledger import Circuit, Ledger
from .rendering import BadTemplate, Missing, render
from .sendgrid import SendGrid

SENDGRID, SES = "sendgrid", "ses"


@dataclass(frozen=True)
class Mail:
    """What somebody wants to be sent: `id` is theirs, and one mail's whatever happens."""

    id: str
    template: str
    to: str
    data: Mapping[str, Any]

    @classmethod
    def of(cls, body: str) -> Mail:
        """From a message of the queue. Raises Refused."""
        try:
            said = json.loads(body)
            mail = cls(said["id"], said["template"], said["to"], said.get("data", {}))
        except (KeyError, TypeError, ValueError) as wrong:
            raise Refused(f"the message is no mail: needs id, template and to ({wrong})") from wrong
        texts = (mail.id, mail.template, mail.to)
        if not all(isinstance(each, str) and each for each in texts) or not isinstance(mail.data, dict):
            raise Refused("the message is no mail: id, template and to are texts, data is an object")
        if "#" in mail.id or mail.to.count("@") != 1:
            raise Refused("the message is no mail: id has no # in it, and to is one address")
        return mail


@dataclass
class Dispatcher:
    """All that a mail needs. `tell(metric, **details)` is called for what people count and read."""

    ledger: Ledger
    circuit: Circuit
    sendgrid: SendGrid
    ses: Any
    suppression: Any
    sender: str
    configuration_set: str
    tell: Callable[..., None]
    templates: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def deliver(self, mail: Mail) -> None:
        """Sends it, once. Raises Waits, when it is to come again, and Refused."""
        known = self.ledger.item(mail.id)
        status = known.get("status")
        if status == "refused":
            raise Refused(str(known.get("why", "")))
        if status in ("sent", "suppressed"):
            self.tell("Duplicates", id=mail.id)
            return
        if status and float(known["until"]) > time.time():
            raise Waits(f"the mail is {status} by {known['way']}")
        if status and known["way"] == SES:
            why = "nobody knows whether SES took it: see whether it did, and send it under another id if not"
            self.ledger.end(mail.id, "refused", why=why)
            raise Refused(why)
        if status == "sending":
            # whoever tried it ended in the middle: as if no answer had come, so that an event may still tell
            self.ledger.doubt(mail.id)
            raise Waits("the mail was being sent, and nobody said what became of it")
        if self._suppressed(mail):
            self.ledger.end(mail.id, "suppressed")
            self.tell("SuppressedMails", id=mail.id)
            return
        try:
            template = self._template(mail)
            if not status and self.circuit.allows():
                if self._by_sendgrid(mail, template, known):
                    return
                known = self.ledger.item(mail.id)
            self._by_ses(mail, template, known)
        except Refused as refused:
            self.ledger.end(mail.id, "refused", why=str(refused))
            raise

    def _suppressed(self, mail: Mail) -> bool:
        key = {"address": mail.to.lower(), "event": "suppressed"}
        return "Item" in self.suppression.get_item(Key=key, ConsistentRead=True)

    def _template(self, mail: Mail) -> Mapping[str, Any]:
        # a version stays what it is, so it is read once; one that was not pushed yet may be by now
        found = self.templates.get(mail.template) or self.ledger.item(f"template#{mail.template}")
        if found.get("sendgrid_id"):
            self.templates[mail.template] = found
        if not found:
            raise Refused(f"there is no template {mail.template}: name one of the module's templates with its version")
        return found

    def _rendered(self, mail: Mail, template: Mapping[str, Any]) -> dict[str, str]:
        try:
            return {
                part: render(str(template[part]), mail.data, escaped=part == "html")
                for part in ("subject", "html", "text")
            }
        except Missing as missing:
            raise Refused(f"the data has no {missing}, which the template {mail.template} asks for") from missing
        except BadTemplate as bad:
            raise Refused(f"the template {mail.template} is wrong: {bad}") from bad

    def _by_sendgrid(self, mail: Mail, template: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
        """Whether it is done with. Raises Waits where nobody knows, and Refused."""
        # filled in before anybody has it: what would be refused by SES must not be half of a mail at SendGrid
        rendered = self._rendered(mail, template)
        if not self.ledger.claim(mail.id, SENDGRID, known):
            raise Waits("somebody else sends it")
        person: dict[str, Any] = {"to": [{"email": mail.to}], "custom_args": {"mail_id": mail.id}}
        body: dict[str, Any] = {"from": {"email": self.sender}, "personalizations": [person]}
        if template.get("sendgrid_id"):
            person["dynamic_template_data"] = dict(mail.data)
            body["template_id"] = template["sendgrid_id"]
        else:
            body |= {
                "subject": rendered["subject"],
                "content": [
                    {"type": "text/plain", "value": rendered["text"]},
                    {"type": "text/html", "value": rendered["html"]},
                ],
            }
        try:
            self.sendgrid.send(body)
        except NotAccepted as error:
            self._failed(mail, error)
            return False
        except Uncertain as error:
            self.ledger.doubt(mail.id)
            self._failed(mail, error)
            self.tell("Uncertain", id=mail.id)
            raise Waits(str(error)) from error
        self.ledger.end(mail.id, "sent", way=SENDGRID)
        self.tell("SentBySendGrid", id=mail.id)
        if self.circuit.worked():
            self.tell("CircuitClosed")
        return True

    def _failed(self, mail: Mail, error: Exception) -> None:
        self.tell("SendGridFailures", id=mail.id, why=str(error))
        if self.circuit.failed():
            self.tell("CircuitOpened", why=str(error))

    def _by_ses(self, mail: Mail, template: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        rendered = self._rendered(mail, template)
        if not self.ledger.claim(mail.id, SES, known):
            raise Waits("somebody else sends it, or an event told that it was taken")
        try:
            self.ses.send_email(
                FromEmailAddress=self.sender,
                Destination={"ToAddresses": [mail.to]},
                ConfigurationSetName=self.configuration_set,
                EmailTags=[{"Name": "mail_id", "Value": mail.id}],
                Content={
                    "Simple": {
                        "Subject": {"Data": rendered["subject"], "Charset": "UTF-8"},
                        "Body": {
                            "Text": {"Data": rendered["text"], "Charset": "UTF-8"},
                            "Html": {"Data": rendered["html"], "Charset": "UTF-8"},
                        },
                    }
                },
            )
        except (ClientError, ConnectTimeoutError, EndpointConnectionError) as error:
            # an answer that says no, or none that could have been given: it comes again
            self.ledger.release(mail.id)
            raise Waits(f"SES does not take it either: {error}") from error
        except HTTPClientError as error:
            raise Waits(f"no answer of SES: {error}") from error
        self.ledger.end(mail.id, "sent", way=SES)
        self.tell("SentBySes", id=mail.id)
