"""The files of `deploy/` are well-formed, name each other rightly, and ask for what the server has."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from tasks import ROOT

from baserun_server.settings import Settings

DEPLOY = ROOT / "deploy"
COMPOSE = sorted(DEPLOY.glob("compose*.yaml"))
MANIFESTS = sorted((DEPLOY / "kubernetes").rglob("*.yaml"))
PORTS = (4318, 4317)
"""Of OTLP over HTTP, and over gRPC."""
KINDS = {
    "StatefulSet": ("apps/v1", {"serviceName", "replicas", "selector", "template", "volumeClaimTemplates"}),
    "Service": ("v1", {"selector", "ports"}),
    "PodDisruptionBudget": ("policy/v1", {"maxUnavailable", "selector"}),
}
"""What a kind must be of, and which fields of its `spec` we rely on."""


def documents(path: Path) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_services_mount_files_that_are_there_and_volumes_that_are_declared(path: Path):
    (compose,) = documents(path)
    services = compose["services"]
    for name, service in services.items():
        assert "image" in service, name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).is_file() if source.startswith(".") else source in compose["volumes"], volume
        for other in service.get("depends_on", []):
            assert other in services, f"{name} waits for {other}, which is not there"
        if "build" in service:
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize("path", [*COMPOSE, *MANIFESTS], ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_setting_that_is_given_is_one_of_the_server(path: Path):
    known = {f"BASERUN_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"BASERUN_[A-Z_]+", path.read_text())) <= known


def test_each_manifest_is_of_its_kind_and_labels_meet_their_selectors():
    pods = {}
    for path in MANIFESTS:
        for document in documents(path):
            if document["kind"] == "Kustomization":
                for resource in document["resources"]:
                    target = path.parent / resource
                    assert target.is_file() or (target / "kustomization.yaml").is_file(), resource
                continue
            version, fields = KINDS[document["kind"]]
            assert document["apiVersion"] == version
            assert fields <= document["spec"].keys() | {"clusterIP"}, document["metadata"]["name"]
            if document["kind"] == "StatefulSet":
                pods = document["spec"]["template"]["metadata"]["labels"]
                assert document["spec"]["selector"]["matchLabels"].items() <= pods.items()
    selectors = [d["spec"]["selector"] for path in MANIFESTS for d in documents(path) if d["kind"] == "Service"]
    assert all(selector.items() <= pods.items() for selector in selectors)


def test_the_pod_runs_as_the_user_of_the_image_and_keeps_its_data():
    (stateful,) = documents(DEPLOY / "kubernetes" / "base" / "ingest.yaml")
    pod = stateful["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    assert f"USER {pod['securityContext']['runAsUser']}:" in dockerfile
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    claims = {claim["metadata"]["name"] for claim in stateful["spec"]["volumeClaimTemplates"]}
    assert f"BASERUN_DATA_DIR={mounts['data']}" in dockerfile
    assert claims == {"data"}
    assert mounts.keys() - claims <= {volume["name"] for volume in pod["volumes"]}


def test_every_way_in_reaches_both_ports_of_otlp():
    assert f"EXPOSE {' '.join(map(str, PORTS))}\n" in (DEPLOY / "Dockerfile").read_text()
    (stateful,) = documents(DEPLOY / "kubernetes" / "base" / "ingest.yaml")
    (container,) = stateful["spec"]["template"]["spec"]["containers"]
    named = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert set(named.values()) == set(PORTS)
    for service in documents(DEPLOY / "kubernetes" / "base" / "service.yaml"):
        reached = {port["port"]: named[port["targetPort"]] for port in service["spec"]["ports"]}
        assert reached == {port: port for port in PORTS}
    for path, way_in in ((COMPOSE[0], "proxy"), (COMPOSE[1], "baserun")):
        (compose,) = documents(path)
        assert compose["services"][way_in]["ports"] == [f"127.0.0.1:{port}:{port}" for port in PORTS]


def test_the_image_copies_only_what_is_there_and_takes_the_versions_of_the_project():
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    pinned = re.search(r"UV_VERSION=(\S+)", (ROOT / "dev").read_text())
    assert pinned is not None
    assert f"ARG UV_VERSION={pinned[1]}" in dockerfile


def test_the_nodes_of_the_cluster_are_the_services_that_compose_starts():
    (compose,) = documents(DEPLOY / "compose.cluster.yaml")
    cluster = ElementTree.parse(DEPLOY / "clickhouse" / "cluster.xml").getroot()
    hosts = {host.text for host in cluster.iter("host")}
    assert hosts <= compose["services"].keys()
    proxy = (DEPLOY / "nginx.conf").read_text()
    for port in PORTS:
        proxied = re.findall(rf"server (\S+):{port}", proxy)
        assert set(proxied) == {name for name in compose["services"] if name.startswith("ingest-")}, port
    for name in ("keeper.xml", "users.xml"):
        ElementTree.parse(DEPLOY / "clickhouse" / name)
