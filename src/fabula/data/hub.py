"""Stories from the Hugging Face hub: `hub:OWNER/NAME[@REVISION]`. What was loaded once is used without the hub.

A hub that does not answer costs minutes in its own library, so it is asked here first, and given three seconds. What is
slow to import is imported after the answer, so that the whole command stays within five.
"""

from __future__ import annotations

import re
import ssl
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from fabula.data.source import Source
from fabula.errors import FabulaError

if TYPE_CHECKING:
    from fabula.recipe import Data

NAME = re.compile(r"([\w.-]+/[\w.-]+)(?:@([\w./-]+))?")
CONVERTED = "refs/convert/parquet"  # where the hub keeps its own parquet copy of other formats
FILES = ["*.parquet", "**/*.parquet"]
PATIENCE = 2.5  # seconds for one answer of the network; half a second more for all of them together
LICENCES = {"daniel3303/StoryReasoning": "CC BY-ND 4.0"}  # of data sets whose rows do not say it


def open_hub(rest: str, data: Data | None = None) -> Source:
    """The parquet files of a data set, loaded if they are not here yet.

    Errors: FabulaError within 5 seconds where the hub does not answer and nothing is cached, and for a data set,
    revision or file that is not there.
    """
    match = NAME.fullmatch(rest)
    name = f"hub:{rest}"
    if not match:
        raise FabulaError(f"{name}: expected hub:OWNER/NAME or hub:OWNER/NAME@REVISION")
    folder, note = _snapshot(match[1], match[2], name)
    from fabula.data.parquet import ParquetSource

    source = ParquetSource(folder, data, name=name, source=match[1], licence=LICENCES.get(match[1], ""))
    source.notes = (*source.notes, *note)
    return source


def check_reach(name: str) -> None:
    """Refuse a data set that is neither cached nor within reach, before a command imports what is slow.

    Does nothing for other sources. Errors: FabulaError within 4 seconds.
    """
    match = NAME.fullmatch(name.removeprefix("hub:")) if name.startswith("hub:") else None
    if match and not _is_cached(match[1]) and (silence := _silence()):
        raise FabulaError(_out_of_reach(name, silence))


def _snapshot(repository: str, revision: str | None, name: str) -> tuple[Path, tuple[str, ...]]:
    """The folder with the files, and what a person should know of where they come from."""
    silence = _silence()
    if silence is None:
        return _loaded(repository, revision, name), ()
    folder = _cached(repository, revision)
    if folder is None:
        raise FabulaError(_out_of_reach(name, silence))
    return folder, (f"{silence}: the cached copy {folder.name[:12]} is used",)


def _out_of_reach(name: str, silence: str) -> str:
    return f"{name}: {silence}, and no copy is cached; connect, or give the path of a copy: parquet:PATH"


def _silence() -> str | None:
    from huggingface_hub import constants

    return "HF_HUB_OFFLINE is set" if constants.HF_HUB_OFFLINE else silence_of(constants.ENDPOINT)


def silence_of(endpoint: str) -> str | None:
    """Why the hub cannot be asked; None if it answers, whatever it says. Takes at most 3 seconds.

    In a thread of its own, since neither a name that is looked up nor a server that dribbles heeds a time limit.
    """
    told: list[str | None] = []
    asking = threading.Thread(target=lambda: told.append(_ask(endpoint)), daemon=True)
    asking.start()
    asking.join(PATIENCE + 0.5)
    return told[0] if told else f"the hub {endpoint} does not answer"


def _ask(endpoint: str) -> str | None:
    try:
        request = urllib.request.Request(f"{endpoint}/api/datasets?limit=1", method="HEAD")
        urllib.request.urlopen(request, timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        return None  # it has answered
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return None if isinstance(reason, ssl.SSLError) else f"the hub {endpoint} cannot be reached ({reason})"
    except Exception as error:  # an answer that is not HTTP
        return f"the hub {endpoint} does not answer as a hub ({error})"
    return None


def _cached(repository: str, revision: str | None) -> Path | None:
    """The newest complete copy on this machine; parquet files of the data set itself before the converted ones."""
    if not _is_cached(repository):
        return None  # said before the slow import
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    for tried in (revision, CONVERTED) if revision is None else (revision,):
        try:
            found = snapshot_download(
                repository, repo_type="dataset", revision=tried, allow_patterns=FILES, local_files_only=True
            )
        except (LocalEntryNotFoundError, HfHubHTTPError, OSError, ValueError):
            continue
        if any(Path(found).rglob("*.parquet")):
            return Path(found)
    return None


def _is_cached(repository: str) -> bool:
    """Whether anything of this data set is on this machine."""
    from huggingface_hub import constants

    return (Path(constants.HF_HUB_CACHE) / f"datasets--{repository.replace('/', '--')}").is_dir()


def _loaded(repository: str, revision: str | None, name: str) -> Path:
    from huggingface_hub import HfApi, constants, snapshot_download
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        for tried in (revision, CONVERTED) if revision is None else (revision,):
            about = HfApi(constants.ENDPOINT).dataset_info(repository, revision=tried)
            if any(each.rfilename.endswith(".parquet") for each in about.siblings or ()):
                return Path(snapshot_download(repository, repo_type="dataset", revision=tried, allow_patterns=FILES))
    except GatedRepoError as error:
        raise FabulaError(f"{name}: one must ask for access on the hub, then log in with `hf auth login`") from error
    except RevisionNotFoundError as error:
        raise FabulaError(f"{name}: no revision {revision or CONVERTED!r} with parquet files on the hub") from error
    except RepositoryNotFoundError as error:
        raise FabulaError(f"{name}: no such data set on the hub, or it is private") from error
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise FabulaError(f"{name}: cannot be loaded from the hub: {str(error).splitlines()[0][:150]}") from error
    raise FabulaError(f"{name}: holds no parquet files; download it and write parquet or jsonl")
