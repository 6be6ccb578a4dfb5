/** Nothing from elsewhere, nothing inline, and no script may make HTML of what agents call themselves. */
const SECURITY: Record<string, string> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // Of the worker that lays out the graph: it makes the address of that one script and nothing else.
    "trusted-types layout-worker",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const A_YEAR = 31_536_000;

/** What every answer says to browsers; where the page is on HTTPS, that it always will be. */
export function securityHeaders(publicUrl: URL | undefined): Record<string, string> {
  if (publicUrl?.protocol !== "https:") return SECURITY;
  return { ...SECURITY, "strict-transport-security": `max-age=${A_YEAR}` };
}
