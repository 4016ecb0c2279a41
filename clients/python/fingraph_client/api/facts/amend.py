from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.amendment_asked import AmendmentAsked
from ...models.facts import Facts
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    source: str,
    id: str,
    *,
    body: AmendmentAsked,
    x_request_timeout_ms: int | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_request_timeout_ms, Unset):
        headers["X-Request-Timeout-Ms"] = str(x_request_timeout_ms)

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/applications/{source}/{id}/amendments".format(
            source=quote(str(source), safe=""),
            id=quote(str(id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Facts | Problem | None:
    if response.status_code == 200:
        response_200 = Facts.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Facts | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    source: str,
    id: str,
    *,
    client: AuthenticatedClient,
    body: AmendmentAsked,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Response[Facts | Problem]:
    """Add identifiers to an application

     Known from now on: what was decided before does not see it, what comes later does. Sent again,
    nothing changes.

    Args:
        source (str):
        id (str):
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.
        body (AmendmentAsked): Identifiers that are added to an application.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Facts | Problem]
    """

    kwargs = _get_kwargs(
        source=source,
        id=id,
        body=body,
        x_request_timeout_ms=x_request_timeout_ms,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    source: str,
    id: str,
    *,
    client: AuthenticatedClient,
    body: AmendmentAsked,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Facts | Problem | None:
    """Add identifiers to an application

     Known from now on: what was decided before does not see it, what comes later does. Sent again,
    nothing changes.

    Args:
        source (str):
        id (str):
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.
        body (AmendmentAsked): Identifiers that are added to an application.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Facts | Problem
    """

    return sync_detailed(
        source=source,
        id=id,
        client=client,
        body=body,
        x_request_timeout_ms=x_request_timeout_ms,
    ).parsed


async def asyncio_detailed(
    source: str,
    id: str,
    *,
    client: AuthenticatedClient,
    body: AmendmentAsked,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Response[Facts | Problem]:
    """Add identifiers to an application

     Known from now on: what was decided before does not see it, what comes later does. Sent again,
    nothing changes.

    Args:
        source (str):
        id (str):
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.
        body (AmendmentAsked): Identifiers that are added to an application.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Facts | Problem]
    """

    kwargs = _get_kwargs(
        source=source,
        id=id,
        body=body,
        x_request_timeout_ms=x_request_timeout_ms,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    source: str,
    id: str,
    *,
    client: AuthenticatedClient,
    body: AmendmentAsked,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Facts | Problem | None:
    """Add identifiers to an application

     Known from now on: what was decided before does not see it, what comes later does. Sent again,
    nothing changes.

    Args:
        source (str):
        id (str):
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.
        body (AmendmentAsked): Identifiers that are added to an application.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Facts | Problem
    """

    return (
        await asyncio_detailed(
            source=source,
            id=id,
            client=client,
            body=body,
            x_request_timeout_ms=x_request_timeout_ms,
        )
    ).parsed
