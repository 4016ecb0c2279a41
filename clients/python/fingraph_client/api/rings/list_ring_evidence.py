import datetime
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.evidence_page import EvidencePage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    ring: str,
    *,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    as_of: datetime.datetime | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_request_timeout_ms, Unset):
        headers["X-Request-Timeout-Ms"] = str(x_request_timeout_ms)

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["after"] = after

    json_as_of: str | Unset = UNSET
    if not isinstance(as_of, Unset):
        json_as_of = as_of.isoformat()
    params["as_of"] = json_as_of

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/rings/{ring}/evidence".format(
            ring=quote(str(ring), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | EvidencePage | Problem | None:
    if response.status_code == 200:
        response_200 = EvidencePage.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

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
) -> Response[Any | EvidencePage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    ring: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    as_of: datetime.datetime | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Response[Any | EvidencePage | Problem]:
    """What the members of a ring share, page by page

     Identifiers that tie its users, most users first.

    Args:
        ring (str): Name of the ring; it keeps it.
        limit (int | Unset): Items of a page, at most. Default: 50.
        after (str | Unset): The `next` of the page before; ask for the same as then.
        as_of (datetime.datetime | Unset): See the graph as it was known at this moment (default:
            now); nothing later is in the reply.
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | EvidencePage | Problem]
    """

    kwargs = _get_kwargs(
        ring=ring,
        limit=limit,
        after=after,
        as_of=as_of,
        x_request_timeout_ms=x_request_timeout_ms,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    ring: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    as_of: datetime.datetime | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Any | EvidencePage | Problem | None:
    """What the members of a ring share, page by page

     Identifiers that tie its users, most users first.

    Args:
        ring (str): Name of the ring; it keeps it.
        limit (int | Unset): Items of a page, at most. Default: 50.
        after (str | Unset): The `next` of the page before; ask for the same as then.
        as_of (datetime.datetime | Unset): See the graph as it was known at this moment (default:
            now); nothing later is in the reply.
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | EvidencePage | Problem
    """

    return sync_detailed(
        ring=ring,
        client=client,
        limit=limit,
        after=after,
        as_of=as_of,
        x_request_timeout_ms=x_request_timeout_ms,
    ).parsed


async def asyncio_detailed(
    ring: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    as_of: datetime.datetime | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Response[Any | EvidencePage | Problem]:
    """What the members of a ring share, page by page

     Identifiers that tie its users, most users first.

    Args:
        ring (str): Name of the ring; it keeps it.
        limit (int | Unset): Items of a page, at most. Default: 50.
        after (str | Unset): The `next` of the page before; ask for the same as then.
        as_of (datetime.datetime | Unset): See the graph as it was known at this moment (default:
            now); nothing later is in the reply.
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | EvidencePage | Problem]
    """

    kwargs = _get_kwargs(
        ring=ring,
        limit=limit,
        after=after,
        as_of=as_of,
        x_request_timeout_ms=x_request_timeout_ms,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    ring: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    as_of: datetime.datetime | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Any | EvidencePage | Problem | None:
    """What the members of a ring share, page by page

     Identifiers that tie its users, most users first.

    Args:
        ring (str): Name of the ring; it keeps it.
        limit (int | Unset): Items of a page, at most. Default: 50.
        after (str | Unset): The `next` of the page before; ask for the same as then.
        as_of (datetime.datetime | Unset): See the graph as it was known at this moment (default:
            now); nothing later is in the reply.
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | EvidencePage | Problem
    """

    return (
        await asyncio_detailed(
            ring=ring,
            client=client,
            limit=limit,
            after=after,
            as_of=as_of,
            x_request_timeout_ms=x_request_timeout_ms,
        )
    ).parsed
