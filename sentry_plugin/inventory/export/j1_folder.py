"""Writes a graph as the folder of JupiterOne's integrations, packed by tar. Pure.

Their tools (``j1-integration sync``, ``visualize``) read it. The same graph gives the same bytes.
"""

from __future__ import annotations

import io
import json
import re
import tarfile
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from sentry_plugin.inventory.graph import entities as kinds
from sentry_plugin.inventory.graph import relationships

if TYPE_CHECKING:
    from gzip import GzipFile

    from sentry_plugin.strictjson import JSON

FOLDER = ".j1-integration"
MOST = 500
"""Objects of one file."""

STEPS: dict[str, tuple[str, ...]] = {
    "fetch-service": (kinds.SERVICE.type, relationships.HAS_SERVICE.type),
    "fetch-organization": (kinds.ORGANIZATION.type,),
    "fetch-teams": (kinds.TEAM.type, relationships.HAS_TEAM.type),
    "fetch-projects": (kinds.PROJECT.type, relationships.HAS_PROJECT.type),
    "fetch-teams-assignments": (relationships.TEAM_PROJECT.type,),
    "fetch-roles": (kinds.ROLE.type, relationships.HAS_ROLE.type),
    "fetch-members": (
        kinds.MEMBER.type,
        relationships.HAS_MEMBER.type,
        relationships.MEMBER_ROLE.type,
    ),
    "fetch-teams-members": (relationships.TEAM_MEMBER.type,),
    "build-organization-repository-relationship": (relationships.HAS_REPOSITORY.type,),
    "fetch-project-issues": (kinds.FINDING.type, relationships.PROJECT_FINDING.type),
    "fetch-client-keys": (kinds.CLIENT_KEY.type, relationships.PROJECT_KEY.type),
    "build-member-person-relationship": (relationships.IS_PERSON.type,),
}
"""The steps of JupiterOne's integration, with the types of each; the last two are ours."""
_STEP = {type_: step for step, types in STEPS.items() for type_ in types}
_OTHER = "other"


def write(
    file: GzipFile,
    entities: Sequence[JSON],
    relationships: Sequence[JSON],
    partial: Collection[str],
) -> None:
    """Write the folder into *file*."""
    with tarfile.open(fileobj=file, mode="w|") as tar:
        types = {each["_type"] for each in (*entities, *relationships)}
        _add(tar, "summary.json", _summary(types, partial))
        for kind, objects in (("entities", entities), ("relationships", relationships)):
            for name, type_, some in _files(kind, objects):
                path = f"graph/{_STEP.get(type_, _OTHER)}/{kind}/{name}"
                _add(tar, path, {kind: some})
                link = tarfile.TarInfo(f"{FOLDER}/index/{kind}/{_segment(type_)}/{name}")
                link.type, link.linkname = tarfile.SYMTYPE, f"../../../{path}"
                tar.addfile(link)


def _files(kind: str, objects: Sequence[JSON]) -> Iterator[tuple[str, str, list[JSON]]]:
    by_type: dict[str, list[JSON]] = defaultdict(list)
    for each in objects:
        by_type[each["_type"]].append(each)
    for type_, these in by_type.items():
        for start in range(0, len(these), MOST):
            name = uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {type_} {start}")
            yield f"{name}.json", type_, these[start : start + MOST]


def _segment(type_: str) -> str:
    return re.sub(r"[^\w-]", "_", type_)


def _add(tar: tarfile.TarFile, path: str, document: JSON) -> None:
    data = json.dumps(document).encode()
    about = tarfile.TarInfo(f"{FOLDER}/{path}")
    about.size = len(data)
    tar.addfile(about, io.BytesIO(data))


def _summary(types: Collection[str], partial: Collection[str]) -> JSON:
    others = tuple(sorted(set(types) - _STEP.keys()))
    steps = {**STEPS, **({_OTHER: others} if others else {})}
    return {
        "integrationStepResults": [
            {
                "id": step,
                "name": step.replace("-", " ").title(),
                "dependsOn": [],
                "declaredTypes": [*declared],
                "partialTypes": [],
                "encounteredTypes": [each for each in declared if each in types],
                "status": "failure" if {*declared} & {*partial} else "success",
            }
            for step, declared in steps.items()
            if {*declared} & ({*types} | {*partial})
        ],
        "metadata": {"partialDatasets": {"types": sorted(partial)}},
    }
