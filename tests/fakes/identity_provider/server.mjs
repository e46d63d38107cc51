// An OpenID provider on loopback for tests. People and their groups are set by PUT /people, {id: {name, groups}}; who is not there is gone.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [port, secret] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
let people = {};

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "hub",
      client_secret: secret,
      application_type: "native",
      redirect_uris: ["http://127.0.0.1/signed-in"],
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      id_token_signed_response_alg: "RS256",
    },
  ],
  claims: { openid: ["sub"], profile: ["name", "groups"] },
  scopes: ["openid", "profile", "offline_access"],
  features: { deviceFlow: { enabled: true }, revocation: { enabled: true }, devInteractions: { enabled: true } },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  cookies: { keys: ["of tests alone"] },
  findAccount: async (_ctx, id) => (id in people ? { accountId: id, claims: async () => ({ sub: id, ...people[id] }) } : undefined),
});

createServer((request, response) => {
  if (request.method !== "PUT" || request.url !== "/people") return provider.callback()(request, response);
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    people = JSON.parse(body);
    response.writeHead(204).end();
  });
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
