/**
 * An Azure DevOps organisation on this machine, of which the provider asks even to plan where its parts are. It has none of
 * its own, as a server in one's own house, so that everything is at the one address; whatever else is asked is refused.
 * https://learn.microsoft.com/en-us/rest/api/azure/devops/core/resource-areas
 */
import { createServer } from "node:http";

/** Id of the list of parts, by which every client finds the others. */
const RESOURCE_AREAS = {
  id: "e81700f7-3be2-46de-8624-2eb35882fcaa",
  area: "Location",
  resourceName: "ResourceAreas",
  routeTemplate: "_apis/{resource}/{areaId}",
  resourceVersion: 1,
  minVersion: "3.2",
  maxVersion: "7.2",
  releasedVersion: "0.0",
};

/** What is asked, and what is answered. */
const ANSWERS = {
  "OPTIONS /_apis": [RESOURCE_AREAS],
  "GET /_apis/ResourceAreas": [],
};

/** @returns {Promise<{url: string, close: () => void}>} where it answers, until it is closed */
export function organisation() {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    const value = ANSWERS[`${request.method} ${pathname}`];
    response.setHeader("content-type", "application/json");
    response.statusCode = value === undefined ? 404 : 200;
    response.end(
      JSON.stringify(
        value === undefined
          ? { message: `${request.method} ${pathname} is not answered here` }
          : { count: value.length, value },
      ),
    );
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () =>
      resolve({ url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }),
    ),
  );
}
