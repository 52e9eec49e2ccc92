// A real provider of OpenID Connect for the tests, as strict as HelseID: PAR, PKCE, private_key_jwt and DPoP with the
// server's nonce are all required. Its log-in page asks who one is and at which level, and believes the answer.
//
//   node provider.mjs PORT CLIENT_ADDRESS PUBLIC_JWK
import { createServer } from "node:http";
import { randomBytes } from "node:crypto";
import Provider from "oidc-provider";

const [port, client, jwk] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "grunnmur",
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "ES256",
      jwks: { keys: [JSON.parse(jwk)] },
      redirect_uris: [`${client}/logg-inn/tilbake/`],
      post_logout_redirect_uris: [`${client}/logg-inn/`],
      backchannel_logout_uri: `${client}/logg-inn/hos/prove/slutt/`,
      response_types: ["code"],
      grant_types: ["authorization_code"],
      dpop_bound_access_tokens: true,
    },
  ],
  acrValues: ["high", "substantial"],
  claims: { openid: ["sub", "hpr"], acr: null, auth_time: null },
  cookies: { keys: [randomBytes(16).toString("hex")] },
  features: {
    devInteractions: { enabled: false },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  pkce: { required: () => true },
  ttl: { Session: 3600, Grant: 3600, Interaction: 600, AccessToken: 600, IdToken: 600 },
  // Whoever says «hpr-7654321» is health personnel with that number.
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => (id.startsWith("hpr-") ? { sub: id, hpr: id.slice(4) } : { sub: id }),
  }),
  loadExistingGrant: async (context) => {
    const { client: asking, session } = context.oidc;
    const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
  interactions: { url: (_context, interaction) => `/who/${interaction.uid}` },
  // The package connects to no address of this machine itself (against SSRF), and that is where our program is.
  fetch: (address, options) => fetch(address, { ...options, dispatcher: undefined }),
});
provider.on("backchannel.error", (_context, fault) => console.error(`log-out was not taken: ${fault.message}`));

const page = `<!doctype html><html lang="nb"><title>Prøveleverandør</title><main><h1>Hvem er du?</h1><form method="post">
<label>Person <input name="person"></label> <label>Nivå <input name="level" value="high"></label>
<button>Logg inn</button></form></main></html>`;

const serve = provider.callback();
createServer(async (request, response) => {
  if (!request.url.startsWith("/who/")) return serve(request, response);
  if (request.method === "GET") return response.setHeader("Content-Type", "text/html; charset=utf-8").end(page);
  let body = "";
  for await (const part of request) body += part;
  const answer = new URLSearchParams(body);
  const login = { accountId: answer.get("person"), acr: answer.get("level"), remember: false };
  return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
}).listen(Number(port), "localhost", () => console.log("ready"));
