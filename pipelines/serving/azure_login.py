"""The token by which a process on Azure shows the storage who it is."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request

from .storage import Grant, StorageError, ask_directory, ask_machine

#: What the token is for, https://learn.microsoft.com/en-us/rest/api/storageservices/authorize-with-azure-active-directory
RESOURCE = "https://storage.azure.com/"
#: AZURE_POD_IDENTITY_AUTHORITY_HOST, as in Azure's own libraries, leads to another one.
MACHINE = "http://169.254.169.254"


def fetch() -> Grant:
    """A token of the identity AZURE_CLIENT_ID, or of the only one there is.

    Each platform tells its containers by variables of its own where tokens come from; without any, as on Container Instances
    and virtual machines, the machine is asked.
    """
    client = os.environ.get("AZURE_CLIENT_ID", "")
    file = os.environ.get("AZURE_FEDERATED_TOKEN_FILE")
    if file:
        return _cluster(client, Path(file))
    endpoint, header = os.environ.get("IDENTITY_ENDPOINT"), os.environ.get("IDENTITY_HEADER")
    if endpoint and header:
        return _container_app(client, endpoint, header)
    return _machine(client)


def _container_app(client: str, endpoint: str, header: str) -> Grant:
    """https://learn.microsoft.com/en-us/azure/container-apps/managed-identity#rest-endpoint-reference"""
    query = _query("2019-08-01", client_id=client)
    return ask_machine(Request(f"{endpoint}?{query}", headers={"X-IDENTITY-HEADER": header}))


def _machine(client: str) -> Grant:
    """https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token

    A company's policies may give a machine further identities: which one is meant is said by AZURE_CLIENT_ID or, where only
    its resource id is known, by AZURE_IDENTITY_ID.
    """
    host = os.environ.get("AZURE_POD_IDENTITY_AUTHORITY_HOST", MACHINE).rstrip("/")
    query = _query("2018-02-01", client_id=client, msi_res_id="" if client else os.environ.get("AZURE_IDENTITY_ID", ""))
    return ask_machine(Request(f"{host}/metadata/identity/oauth2/token?{query}", headers={"Metadata": "true"}))


def _query(version: str, **identity: str) -> str:
    named = {name: value for name, value in identity.items() if value}
    return urlencode({"api-version": version, "resource": RESOURCE, **named})


def _cluster(client: str, file: Path) -> Grant:
    """The cluster's own token for one of Entra.

    https://azure.github.io/azure-workload-identity/docs/installation/mutating-admission-webhook.html
    """
    authority, tenant = os.environ.get("AZURE_AUTHORITY_HOST", ""), os.environ.get("AZURE_TENANT_ID", "")
    if not (client and tenant and authority.startswith("https://")):
        raise StorageError("AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_AUTHORITY_HOST (https://…) belong to AZURE_FEDERATED_TOKEN_FILE")
    form = {
        "grant_type": "client_credentials",
        "client_id": client,
        "scope": f"{RESOURCE}.default",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": file.read_text(encoding="utf-8").strip(),
    }
    return ask_directory(Request(f"{authority.rstrip('/')}/{tenant}/oauth2/v2.0/token", urlencode(form).encode()))
