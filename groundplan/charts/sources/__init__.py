"""Where Helm charts come from: Helm repositories, OCI registries, folders, archives, and what was carried over.

    with Sources() as sources:
        archive = sources.pull("https://charts.example.com", "vault", "0.34.1")
    files = archive.files()

Environment: GROUNDPLAN_CHARTS names a folder that `groundplan charts pull --to` filled, which is looked at before the
network; GROUNDPLAN_CHARTS_UNPINNED has archives in it rendered that are not the lock's; GROUNDPLAN_CHARTS_HOST,
_USERNAME and _PASSWORD are credentials of one host, ~/.netrc those of others;
GROUNDPLAN_CACHE_DIR moves the cache. Proxies and authorities are those of requests.
"""

from .archive import Archive, identity
from .locked import Pulled, pull_locked
from .pull import Sources, archive_at, archive_at_hand
from .store import carry, what_is_at_hand

__all__ = [
    "Archive",
    "Pulled",
    "Sources",
    "archive_at",
    "archive_at_hand",
    "carry",
    "identity",
    "pull_locked",
    "what_is_at_hand",
]
