"""Everything this package says to a person, one function a message.

What could not be fetched is ToolFailed: the network, a registry or its rights are in the way, and nothing that was
written is wrong. What was fetched or given and is not what was wanted is BadInput.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ...problems import BadInput, Problem, ToolFailed, nearest

__all__ = [
    "Broken",
    "NotThere",
    "archive_cut_off",
    "archive_not_there",
    "archive_too_large",
    "archive_unreadable",
    "authorities_unreadable",
    "bad_ignore_rule",
    "carried_archive_gone",
    "carried_folder_gone",
    "carried_index_unreadable",
    "carried_other",
    "certificate_refused",
    "file_too_large",
    "host_not_named",
    "in_one_line",
    "index_names_no_archive",
    "leads_in_a_circle",
    "leads_nowhere",
    "leads_outside",
    "nested_too_deep",
    "no_answer_in_time",
    "no_chart_there",
    "no_chart_yaml",
    "no_connection",
    "no_name_in_chart_yaml",
    "no_proxy",
    "no_stable_version",
    "not_a_chart_in_registry",
    "not_a_digest",
    "not_a_path_inside",
    "not_a_regular_file",
    "not_a_repository",
    "not_a_source",
    "not_allowed",
    "other_chart",
    "refused",
    "token_over_http",
    "too_large",
    "too_many_files",
    "unknown_chart",
    "unknown_version",
    "wrong_digest",
]

_CREDENTIALS = "GROUNDPLAN_CHARTS_USERNAME and GROUNDPLAN_CHARTS_PASSWORD"
_AGAIN = "Pull it again; if it stays so, tell whoever publishes the chart."
_MEBIBYTE = 1024 * 1024


def in_one_line(error: BadInput | ToolFailed) -> str:
    """What went wrong and what to do, for a row among others."""
    problems = error.problems if isinstance(error, BadInput) else (error.problem,)
    return " ".join(f"{one.path}: {one.message}. {one.cure}" for one in problems)


def _failed(where: str, message: str, cure: str) -> ToolFailed:
    failed = ToolFailed(f"{where}: {message}", cure=cure)
    failed.problem = Problem(where, message, cure)
    return failed


def _size(count: int) -> str:
    return f"{count // _MEBIBYTE} MiB" if count >= _MEBIBYTE else f"{count:,} bytes"


# what is in the way


def no_connection(url: str, reason: str) -> ToolFailed:
    return _failed(
        url,
        f"no connection ({reason})",
        "Look whether this machine reaches the host; HTTPS_PROXY names a proxy, and GROUNDPLAN_CHARTS a folder that "
        "`groundplan charts pull --to` filled elsewhere.",
    )


def no_proxy(url: str) -> ToolFailed:
    return _failed(
        url,
        "the proxy lets nothing through",
        "Correct HTTPS_PROXY or HTTP_PROXY, or name the host in NO_PROXY if none is needed.",
    )


def certificate_refused(url: str) -> ToolFailed:
    return _failed(
        url,
        "its certificate is not trusted here",
        "When a proxy or a private authority signs it, set REQUESTS_CA_BUNDLE to the file of that authority.",
    )


def authorities_unreadable(url: str, reason: str) -> ToolFailed:
    return _failed(
        url,
        f"was not asked, since the authorities that it may be signed by cannot be read: {reason}",
        "Set REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE to a file of certificates in PEM, or unset it.",
    )


def no_answer_in_time(url: str, seconds: float) -> ToolFailed:
    return _failed(url, f"no answer in time ({seconds:g} seconds)", "Run it again, or look whether the host works.")


class Broken(ToolFailed):
    """An answer that ended before its end, or before it began."""

    def __init__(self, url: str) -> None:
        message = "the answer was cut off before its end"
        cure = "Run it again: nothing of what came is kept or used."
        super().__init__(f"{url}: {message}", cure=cure)
        self.problem = Problem(url, message, cure)


def too_large(url: str, most_bytes: int) -> ToolFailed:
    return _failed(
        url, f"sends more than {_size(most_bytes)}, which no chart needs", "Look whether the address is the right one."
    )


def not_allowed(url: str, status: int, host: str, *, given: bool) -> ToolFailed:
    """`given`: whether credentials for the host were at hand."""
    cure = (
        f"Those that were sent for {host} are not enough: correct {_CREDENTIALS}, or its entry in ~/.netrc."
        if given
        else f"Set GROUNDPLAN_CHARTS_HOST={host} with {_CREDENTIALS}, or write an entry for it into ~/.netrc."
    )
    return _failed(url, f"it answered with {status}: these credentials, or none, may not read it", cure)


class NotThere(ToolFailed):
    """A server that was reached and has nothing at this address: 404."""

    def __init__(self, url: str) -> None:
        message, cure = "it answered with 404: nothing is there", "Correct the repository's address."
        super().__init__(f"{url}: {message}", cure=cure)
        self.problem = Problem(url, message, cure)


def archive_not_there(url: str, chart: str, version: str) -> ToolFailed:
    return _failed(
        url,
        f"it answered with 404, where the repository's index says that {chart} {version} is",
        "Take another version, or ask whoever publishes the chart.",
    )


def refused(url: str, status: int) -> ToolFailed:
    return _failed(url, f"it answered with an error: {status}", "Run it again later, or ask whoever runs the host.")


def not_a_repository(url: str) -> ToolFailed:
    return _failed(
        url,
        "its answer is not what a chart repository sends",
        "Open the address: a page to sign in, or of a proxy, stands there instead.",
    )


def token_over_http(url: str, realm: str) -> ToolFailed:
    return _failed(
        url,
        f"sends whoever asks to {realm} for a token, which is not encrypted",
        "Nothing was sent there. Ask whoever runs the registry for a realm with https.",
    )


def carried_archive_gone(path: Path) -> ToolFailed:
    return _failed(
        str(path),
        "the folder's index names this archive, and it is not there or not whole",
        "Fill the folder again with `groundplan charts pull --to`, and carry it over again.",
    )


# what was given, or found, and is not right


def host_not_named(variable: str) -> BadInput:
    return BadInput(
        Problem(
            variable,
            "is set, and no host is named that it may be sent to",
            "Set GROUNDPLAN_CHARTS_HOST to the repository's or registry's host, such as charts.example.com.",
        )
    )


def not_a_source(source: str) -> BadInput:
    return BadInput(
        Problem(
            source,
            "is no address of charts",
            "Give https://<host>/<path> of a Helm repository, or oci://<host>/<path> of a registry.",
        )
    )


def no_chart_there(path: Path) -> BadInput:
    return BadInput(
        Problem(
            str(path),
            "is neither an archive nor a folder with a Chart.yaml",
            "Name the folder of Chart.yaml, or the .tgz that `helm package` wrote.",
        )
    )


def not_a_digest(digest: str) -> BadInput:
    return BadInput(
        Problem(
            "digest", f"must be sha256: and 64 hexadecimal digits, got {digest!r}", "Copy it from the chart's lock."
        )
    )


def unknown_chart(repository: str, chart: str, known: Iterable[str]) -> BadInput:
    known = sorted(known)
    guess = nearest(chart, known)
    shown = ", ".join(known[:20]) + (f" and {len(known) - 20} more" if len(known) > 20 else "")
    return BadInput(
        Problem(
            repository, f"has no chart {chart}", f"Did you mean {guess}?" if guess else f"It has {shown or 'none'}."
        )
    )


def unknown_version(where: str, chart: str, version: str, near: Sequence[str], newest: str) -> BadInput:
    """`near` are versions that stand next to the wanted one in order."""
    beside = f"It has {', '.join(near)}" if near else "It has no version that can be ordered"
    last = f"; the newest stable one is {newest}." if newest else ", and none that is stable."
    return BadInput(Problem(where, f"has no version {version} of {chart}", beside + last))


def no_stable_version(where: str, chart: str) -> BadInput:
    return BadInput(Problem(where, f"offers no stable version of {chart}", "Name the version that is meant."))


def index_names_no_archive(repository: str, chart: str, version: str) -> BadInput:
    return BadInput(
        Problem(repository, f"its index names no archive of {chart} {version}", "Ask whoever publishes the chart.")
    )


def not_a_chart_in_registry(where: str, found: str) -> BadInput:
    return BadInput(
        Problem(
            where,
            f"is no Helm chart: the registry holds {found} there",
            "Name the repository of the chart, and not of its images.",
        )
    )


def wrong_digest(where: str, wanted: str, got: str) -> BadInput:
    return BadInput(
        Problem(
            where,
            f"is not the archive that was meant: its digest must be {wanted}, got {got}",
            "Somebody published this version again, or changed it on its way. Compare the two before the new one is "
            "locked; nothing of it is used.",
        )
    )


def carried_other(where: str, wanted: str, got: str) -> BadInput:
    return BadInput(
        Problem(
            where,
            f"is not the archive that the lock means: its digest must be {wanted}, got {got}",
            "Fill the folder with `groundplan charts pull --to`. To try out another archive of this version, set "
            "GROUNDPLAN_CHARTS_UNPINNED=1: it is rendered then, and said.",
        )
    )


def other_chart(where: str, wanted: str, got: str) -> BadInput:
    return BadInput(Problem(where, f"holds another chart: must be {wanted}, got {got}", _AGAIN))


def carried_folder_gone(folder: Path) -> BadInput:
    return BadInput(
        Problem(
            "GROUNDPLAN_CHARTS",
            f"names {folder}, where no index.json is",
            "Name a folder that `groundplan charts pull --to` filled, or unset it.",
        )
    )


def carried_index_unreadable(path: Path) -> BadInput:
    return BadInput(
        Problem(
            str(path),
            "is not the index that `groundplan charts pull --to` writes",
            "Fill an empty folder again, and carry it over again.",
        )
    )


# what is wrong with an archive or a folder


def archive_cut_off(where: str) -> BadInput:
    return BadInput(Problem(where, "ends in the middle: the archive is not whole", _AGAIN))


def archive_unreadable(where: str, reason: str) -> BadInput:
    return BadInput(Problem(where, f"is no archive of a chart: {reason}", "Give a .tgz that `helm package` wrote."))


def archive_too_large(where: str, most_bytes: int) -> BadInput:
    return BadInput(
        Problem(where, f"unpacks to more than {_size(most_bytes)}, which Helm refuses too", "Do not use this archive.")
    )


def file_too_large(where: str, path: str, most_bytes: int) -> BadInput:
    return BadInput(
        Problem(where, f"{path} is larger than {_size(most_bytes)}, which Helm refuses too", "Leave that file out.")
    )


def too_many_files(where: str, most: int) -> BadInput:
    return BadInput(Problem(where, f"holds more than {most:,} files, which no chart needs", "Do not use this archive."))


def nested_too_deep(where: str, most: int) -> BadInput:
    return BadInput(
        Problem(
            where, f"holds charts in charts more than {most} deep, which no chart needs", "Do not use this archive."
        )
    )


def not_a_path_inside(where: str, path: str) -> BadInput:
    return BadInput(
        Problem(where, f"holds a file {path!r}, which is no path inside the chart", "Do not use this archive.")
    )


def not_a_regular_file(where: str, path: str) -> BadInput:
    return BadInput(
        Problem(
            where,
            f"holds {path!r}, which is a link or a device and no file",
            "Put the file itself there: Helm packs no links.",
        )
    )


def leads_outside(where: str, path: str) -> BadInput:
    return BadInput(
        Problem(where, f"{path} is a link that leads out of the chart's folder", "Put the file itself there.")
    )


def leads_nowhere(where: str, path: str) -> BadInput:
    return BadInput(Problem(where, f"{path} is a link that leads nowhere", "Remove the link, or put the file there."))


def leads_in_a_circle(where: str, path: str) -> BadInput:
    return BadInput(Problem(where, f"{path} is a link that leads back to itself", "Remove the link."))


def bad_ignore_rule(where: str, line: int, rule: str, reason: str) -> BadInput:
    return BadInput(
        Problem(
            where,
            f".helmignore, line {line}: {rule!r} {reason}",
            "Correct the line: https://helm.sh/docs/chart_template_guide/helm_ignore_file/",
        )
    )


def no_chart_yaml(where: str) -> BadInput:
    return BadInput(
        Problem(where, "is no chart: it has no Chart.yaml", "Give the folder, or the archive, of a Helm chart.")
    )


def no_name_in_chart_yaml(where: str) -> BadInput:
    return BadInput(
        Problem(where, "its Chart.yaml has no name and version that can be read", "Write both into it, as text.")
    )
