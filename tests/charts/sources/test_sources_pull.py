from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan.charts.sources import Sources, archive_at, web
from groundplan.problems import BadInput, ToolFailed
from tests.charts.sources.serving import CONFIG, Said, Served, basic, chart_archive, sha256

SHOP = chart_archive()
OTHER = chart_archive(files={"values.yaml": b"replicas: 2\n"})
INDEX = "/charts/index.yaml"
ARCHIVE = "/charts/shop-1.2.0.tgz"
MANIFEST = "/v2/team/shop/manifests/1.2.0"


def pull(source: str, chart: str = "shop", version: str = "1.2.0", digest: str = ""):
    with Sources(timeout_seconds=5) as sources:
        return sources.pull(source, chart, version, digest=digest)


def test_an_archive_is_asked_for_as_it_is_or_its_digest_would_be_that_of_something_else(served: Served) -> None:
    served.has_release(SHOP)
    pull(served.repository)
    assert served.encodings[ARCHIVE] == "identity"


@pytest.mark.parametrize("url", ["", "sub/../shop-1.2.0.tgz", "http://{host}/charts/shop-1.2.0.tgz"])
def test_an_archive_comes_from_a_repository_and_then_from_the_cache(url: str, served: Served, cache: Path) -> None:
    served.has_release(SHOP, url=url.format(host=served.host))
    first = pull(served.repository)
    again = pull(f"{served.repository}/")
    assert first == again
    assert (first.chart, first.version, first.digest) == ("shop", "1.2.0", sha256(SHOP))
    assert first.path == cache / f"sha256-{sha256(SHOP).removeprefix('sha256:')}.tgz"
    assert first.path.read_bytes() == SHOP
    assert first.files()["values.yaml"] == b"replicas: 1\n"
    assert served.paths() == [INDEX, ARCHIVE, INDEX]


def test_a_pinned_archive_in_the_cache_needs_no_network(served: Served) -> None:
    served.has_release(SHOP, digest="")
    bare = sha256(SHOP).removeprefix("sha256:")
    first = pull(served.repository, digest=bare)
    served.answers.clear()
    served.asked.clear()
    assert pull(served.repository, digest=sha256(SHOP)) == first
    assert served.asked == []


def test_what_is_not_whole_in_the_cache_is_not_used_but_pulled_again(served: Served) -> None:
    served.has_release(SHOP)
    archive = pull(served.repository)
    path = archive.path
    path.write_bytes(SHOP[:-9])
    with pytest.raises(BadInput, match="is not the archive that was meant"):
        archive.files()
    assert pull(served.repository).path.read_bytes() == SHOP
    path.write_bytes(SHOP[:-9])
    assert pull(served.repository, digest=sha256(SHOP)).path.read_bytes() == SHOP


def test_without_a_version_the_newest_stable_one_comes(served: Served) -> None:
    for version in ("1.9.0", "1.10.0", "2.0.0-rc.1", "nonsense"):
        served.has_release(chart_archive(version=version), version=version)
    assert pull(served.repository, version="").version == "1.10.0"
    served.has_tag(chart_archive(version="1.10.0+build.5"), tag="1.10.0_build.5")
    served.has_tag(SHOP)
    assert pull(served.registry, version="").version == "1.10.0+build.5"


def test_a_v_before_a_version_is_nothing(served: Served) -> None:
    served.has_release(chart_archive(version="v1.2.0"), version="v1.2.0")
    assert pull(served.repository).version == "v1.2.0"


def changed(path: str, **facts: object) -> Callable[[Served], None]:
    def change(served: Served) -> None:
        for name, value in facts.items():
            setattr(served.answers[path], name, value)

    return change


def releases(content: bytes, **facts: str) -> Callable[[Served], None]:
    def change(served: Served) -> None:
        served.answers.clear()
        served.has_release(content, **facts)

    return change


WRONG = {
    "no index": (changed(INDEX, status=404), ToolFailed, ["index.yaml", "404", "Correct the repository's address"]),
    "an archive that is gone": (
        changed(ARCHIVE, status=404),
        ToolFailed,
        ["shop-1.2.0.tgz", "the repository's index says that shop 1.2.0 is"],
    ),
    "a server that fails": (changed(INDEX, status=503), ToolFailed, ["503", "later"]),
    "nobody known": (changed(INDEX, status=401), ToolFailed, ["401", "Set GROUNDPLAN_CHARTS_HOST=127.0.0.1:"]),
    "rights that are missing": (changed(ARCHIVE, status=403), ToolFailed, ["403", "GROUNDPLAN_CHARTS_PASSWORD"]),
    "an index that is cut off": (changed(INDEX, missing_bytes=9), ToolFailed, ["cut off", "Run it again"]),
    "an archive that is cut off": (changed(ARCHIVE, missing_bytes=9), ToolFailed, ["shop-1.2.0.tgz", "cut off"]),
    "a page to sign in": (changed(INDEX, body=b"<html>sign in</html>"), ToolFailed, ["not what a chart repository"]),
    "no yaml": (changed(INDEX, body=b"entries: [1"), ToolFailed, ["not what a chart repository"]),
    "deep yaml": (changed(INDEX, body=b"[" * 2_000), ToolFailed, ["not what a chart repository"]),
    "a list of charts": (changed(INDEX, body=b"entries: [shop]"), ToolFailed, ["not what a chart repository"]),
    "a chart without releases": (changed(INDEX, body=b"entries: {shop: 5}"), ToolFailed, ["not what a chart"]),
    "an empty repository": (changed(INDEX, body=b"entries:"), BadInput, ["has no chart shop", "It has none."]),
    "another chart": (releases(SHOP, name="shops"), BadInput, ["has no chart shop", "Did you mean shops?"]),
    "another version": (
        releases(SHOP, version="1.3.0"),
        BadInput,
        ["no version 1.2.0 of shop", "It has 1.3.0; the newest stable one is 1.3.0."],
    ),
    "no archive in the index": (
        changed(INDEX, body=b'{"entries": {"shop": [{"version": "1.2.0"}, 7, {"urls": []}]}}'),
        BadInput,
        ["names no archive of shop 1.2.0"],
    ),
    "no address in the index": (releases(SHOP, url="http://["), BadInput, ["http://[: is no address of charts"]),
    "an archive that is another": (changed(ARCHIVE, body=OTHER), BadInput, [sha256(SHOP), sha256(OTHER)]),
    "an archive that is not whole": (releases(SHOP[:-9], digest=""), BadInput, ["ends in the middle"]),
    "no archive": (releases(b"no", digest=""), BadInput, ["is no archive of a chart: it is no gzip"]),
    "another chart inside": (
        releases(chart_archive("cart")),
        BadInput,
        ["holds another chart: must be shop 1.2.0, got cart 1.2.0"],
    ),
    "no chart inside": (releases(chart_archive(files={"Chart.yaml": b"[]"})), BadInput, ["has no name and version"]),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_goes_wrong_is_said_with_what_to_do_and_nothing_is_kept(what: str, served: Served, cache: Path) -> None:
    change, kind, words = WRONG[what]
    served.has_release(SHOP)
    change(served)
    with pytest.raises(kind) as raised:
        pull(served.repository)
    assert all(word in str(raised.value) for word in words), str(raised.value)
    assert "\n    " in str(raised.value)
    assert not list(cache.glob("*"))


def test_an_archive_that_the_lock_does_not_mean_is_refused_wherever_it_is_from(served: Served, cache: Path) -> None:
    served.has_release(SHOP)
    served.has_tag(SHOP)
    for source in (served.repository, served.registry):
        with pytest.raises(BadInput, match=f"must be {sha256(OTHER)}, got {sha256(SHOP)}"):
            pull(source, digest=sha256(OTHER))
    assert ARCHIVE not in served.paths()
    # an index without digests: then only the archive tells
    served.answers.clear()
    served.has_release(SHOP, digest="")
    with pytest.raises(BadInput, match=f"must be {sha256(OTHER)}, got {sha256(SHOP)}"):
        pull(served.repository, digest=sha256(OTHER))
    assert not list(cache.glob("*"))


@pytest.mark.parametrize(
    ("source", "digest", "words"),
    [
        ("ftp://example.com", "", "ftp://example.com: is no address of charts"),
        ("example.com/charts", "", "is no address of charts"),
        ("oci:///shop", "", "is no address of charts"),
        ("oci://[/shop", "", "is no address of charts"),
        ("http://:0", "", "is no address of charts"),
        ("https://ci:invented@[", "", r"^https://\[: is no address of charts|^\[: is no address of charts"),
        ("https://example.com", "md5:5", "must be sha256: and 64 hexadecimal digits, got 'md5:5'"),
    ],
)
def test_what_is_no_address_or_digest_is_refused_in_words(source: str, digest: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        pull(source, digest=digest)


def test_silence_and_no_server_at_all_are_told_apart(served: Served) -> None:
    served.answers[INDEX] = Said(silent=True)
    with pytest.raises(ToolFailed, match=r"no answer in time \(0\.05 seconds\)"), Sources(timeout_seconds=0.05) as fast:
        fast.pull(served.repository, "shop", "1.2.0")
    # the server may come to it late, when another test counts what was asked
    assert served.was_asked.wait(5)
    with pytest.raises(ToolFailed, match="no connection") as raised:
        pull("http://127.0.0.1:1/charts")
    assert "GROUNDPLAN_CHARTS" in str(raised.value)


@pytest.mark.parametrize(
    ("settings", "source", "words"),
    [
        ({"http_proxy": "http://127.0.0.1:1"}, "http://charts.example.com", "the proxy lets nothing through"),
        ({"http_proxy": "http://"}, "http://charts.example.com", "the proxy lets nothing through"),
        ({"REQUESTS_CA_BUNDLE": "/nowhere.pem"}, "https://127.0.0.1:1", "cannot be read: (.|\n)*/nowhere.pem"),
        ({}, "https://{host}", "does not speak TLS"),
    ],
)
def test_what_stands_between_is_told_with_the_variable_that_sets_it(
    settings: dict[str, str], source: str, words: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ToolFailed, match=words) as raised:
        pull(source.format(host=served.host))
    assert {"http_proxy": "HTTP_PROXY"}.get(next(iter(settings), ""), next(iter(settings), "")) in str(raised.value)


def test_what_yaml_makes_of_dates_and_signs_and_anchors_does_no_harm(served: Served) -> None:
    laughs = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))
    release = "{version: 1.2.0, created: 2023-99-99, sign: =, urls: [shop-1.2.0.tgz]}"
    served.has_release(SHOP)
    served.answers[INDEX] = Said(f"a0: &a0 ha\n{laughs}\nentries:\n  shop: [{release}]\n".encode())
    assert pull(served.repository).digest == sha256(SHOP)


def test_what_passes_by_itself_is_tried_again_and_what_does_not_is_not(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(web.time, "sleep", waited.append)
    served.has_release(SHOP)
    served.has_tag(SHOP)
    served.answers[INDEX].before = [Said(status=503, headers={"Retry-After": "2"}), Said(status=0)]
    served.answers[ARCHIVE].before = [Said(b"cut", missing_bytes=9), Said(status=429, headers={"Retry-After": "soon"})]
    served.answers[MANIFEST].before = [Said(status=502), Said(status=504)]
    assert pull(served.repository).digest == pull(served.registry).digest == sha256(SHOP)
    assert [served.paths().count(path) for path in (INDEX, ARCHIVE, MANIFEST)] == [3, 3, 3]
    assert waited == [2, 0, 0, 0, 0, 0]

    for before, asked in (
        ([Said(status=503)] * 9, 3),
        ([Said(status=0)] * 9, 3),
        # an hour is not waited for, and what is refused or wrong stays so
        ([Said(status=429, headers={"Retry-After": "3600"})], 1),
        ([Said(status=500)], 1),
        ([Said(status=403)], 1),
    ):
        served.asked.clear()
        served.answers[INDEX].before = before
        with pytest.raises(ToolFailed):
            pull(served.repository)
        assert served.paths() == [INDEX] * asked


def test_a_repository_that_failed_is_not_asked_again(served: Served) -> None:
    with Sources() as sources:
        for chart in ("shop", "cart"):
            with pytest.raises(ToolFailed, match="404"):
                sources.pull(served.repository, chart, "1.2.0")
    assert served.paths() == [INDEX]


class TestCredentials:
    """Who is asked in whose name."""

    def test_those_of_the_environment_go_to_their_host_alone(
        self, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        served.has_release(SHOP)
        monkeypatch.setenv("GROUNDPLAN_CHARTS_USERNAME", "ci")
        monkeypatch.setenv("GROUNDPLAN_CHARTS_PASSWORD", "invented")
        monkeypatch.setenv("GROUNDPLAN_CHARTS_HOST", served.host)
        pull(served.repository)
        assert {given for _, given in served.asked} == {basic("ci", "invented")}
        served.asked.clear()
        monkeypatch.setenv("GROUNDPLAN_CHARTS_HOST", "charts.example.com")
        pull(served.repository)
        assert {given for _, given in served.asked} == {""}

    def test_those_without_a_host_are_sent_nowhere(self, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GROUNDPLAN_CHARTS_PASSWORD", "invented")
        with pytest.raises(BadInput, match="GROUNDPLAN_CHARTS_PASSWORD: is set, and no host") as raised:
            pull(served.repository)
        assert "Set GROUNDPLAN_CHARTS_HOST" in str(raised.value)
        assert "invented" not in str(raised.value)
        assert served.asked == []

    def test_those_of_netrc_are_taken_and_told_when_they_do_not_do(self, served: Served, tmp_path: Path) -> None:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login ci password invented\n")
        served.has_release(SHOP)
        served.answers[INDEX].needs = basic("ci", "invented")
        pull(served.repository)
        served.answers[INDEX].needs = basic("ci", "another")
        with pytest.raises(ToolFailed, match="are not enough") as raised:
            pull(served.repository)
        assert "invented" not in str(raised.value)

    def test_no_message_shows_a_password_that_stands_in_an_address(self, served: Served) -> None:
        source = f"http://ci:invented@{served.host}/charts"
        for _ in range(2):
            with pytest.raises((ToolFailed, BadInput)) as raised:
                pull(source)
            assert "invented" not in str(raised.value)
            served.has_release(SHOP, name="cart")
        assert served.asked[0][1] == basic("ci", "invented")


class TestRegistries:
    """OCI registries."""

    def test_an_index_may_name_an_archive_in_a_registry(self, served: Served) -> None:
        served.has_tag(SHOP)
        for tag in ("", ":1.2.0"):
            served.answers.pop(INDEX, None)
            served.has_release(SHOP, url=f"{served.registry}/shop{tag}")
            assert pull(served.repository).digest == sha256(SHOP)
            served.asked.clear()
        served.has_release(OTHER, version="1.3.0", url=f"{served.registry}/shop:1.2.0")
        with pytest.raises(BadInput, match=f"must be {sha256(OTHER)}, got {sha256(SHOP)}"):
            pull(served.repository, version="1.3.0")

    def test_a_tag_has_an_underscore_for_the_plus_of_a_version(self, served: Served) -> None:
        content = chart_archive(version="1.2.0+build.5")
        served.has_tag(content, tag="1.2.0_build.5")
        found = pull(served.registry, version="1.2.0+build.5", digest=sha256(content))
        assert (found.version, found.digest) == ("1.2.0+build.5", sha256(content))

    def test_tags_are_read_page_by_page_and_of_no_other_host(self, served: Served) -> None:
        served.has_tag(SHOP)
        tags = "/v2/team/shop/tags/list"
        _, port = served.host.split(":")
        served.answers[tags].headers = {"Link": '</v2/team/shop/more>; rel="next"'}
        elsewhere = {"Link": f'<http://localhost:{port}/v2/team/shop/tags/elsewhere>; rel="next"'}
        served.answers["/v2/team/shop/more"] = Said(b'{"tags": ["1.1.0"]}', headers=elsewhere)
        with pytest.raises(BadInput, match=r"It has 1\.2\.0, 1\.1\.0;"):
            pull(served.registry, version="9.0.0")
        assert served.paths() == ["/v2/team/shop/manifests/9.0.0", tags, "/v2/team/shop/more"]

    def test_an_archive_that_says_it_is_too_large_is_not_even_fetched(self, served: Served) -> None:
        served.has_tag(SHOP)
        said = served.answers[MANIFEST]
        said.body = said.body.replace(f'"size": {len(SHOP)}'.encode(), f'"size": {1 << 40}'.encode())
        with pytest.raises(ToolFailed, match="sends more than 100 MiB"):
            pull(served.registry)
        assert served.paths() == [MANIFEST]

    def test_a_version_stays_inside_the_address_of_its_chart(self, served: Served) -> None:
        served.has_tag(SHOP)
        with pytest.raises(BadInput, match=r"has no version \.\./\.\./cart"):
            pull(served.registry, version="../../cart")
        assert served.paths()[0] == "/v2/team/shop/manifests/..%2F..%2Fcart"

    @pytest.mark.parametrize("known", [True, False])
    def test_a_token_is_asked_for_where_the_registry_says(self, known: bool, served: Served, tmp_path: Path) -> None:
        served.has_tag(SHOP)
        served.asks_for(
            "Bearer abc", f'Bearer realm="http://{served.host}/token",service="s",scope="repository:team/shop:pull"'
        )
        served.answers["/token"] = Said(b'{"access_token": "abc"}')
        # requests would let this replace the token
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login ci password invented\n" if known else "")
        assert pull(served.registry).digest == sha256(SHOP)
        token = [(path, given) for path, given in served.asked if path.startswith("/token")]
        assert token == [
            ("/token?service=s&scope=repository%3Ateam%2Fshop%3Apull", basic("ci", "invented") if known else "")
        ]

    def test_user_and_password_are_sent_where_the_registry_wants_them(
        self, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        served.has_tag(SHOP)
        served.asks_for(basic("ci", "invented"), 'Basic realm="charts"')
        with pytest.raises(ToolFailed, match=f"401(.|\n)*Set GROUNDPLAN_CHARTS_HOST={served.host}"):
            pull(served.registry)
        monkeypatch.setenv("GROUNDPLAN_CHARTS_USERNAME", "ci")
        monkeypatch.setenv("GROUNDPLAN_CHARTS_PASSWORD", "invented")
        monkeypatch.setenv("GROUNDPLAN_CHARTS_HOST", served.host)
        assert pull(served.registry).digest == sha256(SHOP)

    @pytest.mark.parametrize(
        ("challenge", "token", "words"),
        [
            ("", Said(), "401"),
            ('Bearer realm="http://token.example.com/?sig=invented"', Said(), "http://token.example.com/ for a token"),
            ('Bearer realm="http://127.0.0.1.example.com/"', Said(), "http://127.0.0.1.example.com/ for a token"),
            ('Bearer realm="http://{host}/token"', Said(status=403), "403"),
            ('Bearer realm="http://{host}/token"', Said(status=500), "500"),
            ('Bearer realm="http://{host}/token"', Said(b"{}"), "not what a chart repository sends"),
            ('Bearer realm="http://{host}/token"', Said(b'{"token": "a\\nb: c"}'), "not what a chart repository sends"),
            ('Bearer realm="http://{host}/token"', Said(b'{"token": "wrong"}'), "401"),
        ],
    )
    def test_a_challenge_that_leads_nowhere_ends_in_words(
        self, challenge: str, token: Said, words: str, served: Served, cache: Path
    ) -> None:
        served.has_tag(SHOP)
        served.asks_for("Bearer abc", challenge.format(host=served.host))
        served.answers["/token"] = token
        with pytest.raises(ToolFailed) as raised:
            pull(served.registry)
        assert words in str(raised.value)
        assert "invented" not in str(raised.value)
        assert not list(cache.glob("*"))

    @pytest.mark.parametrize(
        ("change", "kind", "words"),
        [
            (lambda s: s.has_tag(SHOP, sent=OTHER), BadInput, f"must be {sha256(SHOP)}, got {sha256(OTHER)}"),
            (lambda s: s.has_tag(SHOP, sent=SHOP[:-9]), BadInput, "is not the archive that was meant"),
            (
                lambda s: s.has_tag(SHOP, kind="application/vnd.oci.image.config.v1+json"),
                BadInput,
                "is no Helm chart: the registry holds application/vnd.oci.image.config.v1+json there",
            ),
            (lambda s: s.has_tag(SHOP, tag="1.1.9"), BadInput, "It has 1.1.9; the newest stable one is 1.1.9."),
            (lambda s: None, ToolFailed, "404"),
            (lambda s: s.answers.update({MANIFEST: Said(b"<html>")}), ToolFailed, "not what a chart repository"),
            (
                lambda s: s.answers.update({MANIFEST: Said(json.dumps({"config": {"mediaType": CONFIG}}).encode())}),
                BadInput,
                "a chart without an archive",
            ),
        ],
    )
    def test_what_is_not_the_chart_is_refused_and_not_kept(
        self, change: Callable[[Served], None], kind: type[Exception], words: str, served: Served, cache: Path
    ) -> None:
        change(served)
        with pytest.raises(kind) as raised:
            pull(served.registry)
        assert words in str(raised.value)
        assert not list(cache.glob("*"))


def test_a_folder_and_an_archive_of_a_chart_are_sources_too(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "shop-1.2.0.tgz").write_bytes(SHOP)
    archive = archive_at(tmp_path / "shop-1.2.0.tgz", digest=sha256(SHOP))
    folder = tmp_path / "shop"
    for path, content in archive.files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    packed = archive_at(folder)
    assert (packed.chart, packed.version) == (archive.chart, archive.version) == ("shop", "1.2.0")
    assert packed.files() == archive.files()
    assert archive_at(folder) == packed
    assert packed.path.parent == archive.path.parent == cache


def test_a_path_without_a_chart_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no archive")
    for path, words in ((tmp_path, "neither an archive nor a folder"), (tmp_path / "file", "it is no gzip")):
        with pytest.raises(BadInput, match=words):
            archive_at(path)
    (tmp_path / "shop.tgz").write_bytes(SHOP)
    with pytest.raises(BadInput, match="is not the archive that was meant"):
        archive_at(tmp_path / "shop.tgz", digest=sha256(OTHER))
