from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.entries import Entries
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    name: str,
    *,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_request_timeout_ms, Unset):
        headers["X-Request-Timeout-Ms"] = str(x_request_timeout_ms)

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["after"] = after

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/lists/{name}/entries".format(
            name=quote(str(name), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Entries | Problem | None:
    if response.status_code == 200:
        response_200 = Entries.from_dict(response.json())

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
) -> Response[Entries | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    name: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Response[Entries | Problem]:
    """What stands on a list

     The newest first; what expired or was removed is left out.

    Args:
        name (str): Name of the list.
        limit (int | Unset): Items of a page, at most. Default: 50.
        after (str | Unset): The `next` of the page before; ask for the same as then.
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Entries | Problem]
    """

    kwargs = _get_kwargs(
        name=name,
        limit=limit,
        after=after,
        x_request_timeout_ms=x_request_timeout_ms,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    name: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Entries | Problem | None:
    """What stands on a list

     The newest first; what expired or was removed is left out.

    Args:
        name (str): Name of the list.
        limit (int | Unset): Items of a page, at most. Default: 50.
        after (str | Unset): The `next` of the page before; ask for the same as then.
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Entries | Problem
    """

    return sync_detailed(
        name=name,
        client=client,
        limit=limit,
        after=after,
        x_request_timeout_ms=x_request_timeout_ms,
    ).parsed


async def asyncio_detailed(
    name: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Response[Entries | Problem]:
    """What stands on a list

     The newest first; what expired or was removed is left out.

    Args:
        name (str): Name of the list.
        limit (int | Unset): Items of a page, at most. Default: 50.
        after (str | Unset): The `next` of the page before; ask for the same as then.
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Entries | Problem]
    """

    kwargs = _get_kwargs(
        name=name,
        limit=limit,
        after=after,
        x_request_timeout_ms=x_request_timeout_ms,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    name: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Entries | Problem | None:
    """What stands on a list

     The newest first; what expired or was removed is left out.

    Args:
        name (str): Name of the list.
        limit (int | Unset): Items of a page, at most. Default: 50.
        after (str | Unset): The `next` of the page before; ask for the same as then.
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Entries | Problem
    """

    return (
        await asyncio_detailed(
            name=name,
            client=client,
            limit=limit,
            after=after,
            x_request_timeout_ms=x_request_timeout_ms,
        )
    ).parsed
