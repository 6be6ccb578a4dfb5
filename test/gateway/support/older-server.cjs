// Loaded before a server: makes it send what SDKs without keep-alives and buffering hints send.
const { ServerResponse } = require("node:http");

const { setHeader, write, writeHead } = ServerResponse.prototype;
const hint = /^x-accel-buffering$/i;

ServerResponse.prototype.setHeader = function (name, value) {
  return hint.test(name) ? this : setHeader.call(this, name, value);
};

ServerResponse.prototype.writeHead = function (status, ...rest) {
  const headers = rest.at(-1);
  if (headers && typeof headers === "object") {
    for (const name of Object.keys(headers)) if (hint.test(name)) delete headers[name];
  }
  return writeHead.call(this, status, ...rest);
};

ServerResponse.prototype.write = function (chunk, ...rest) {
  const isComment = Buffer.from(chunk).toString("latin1").startsWith(":");
  return isComment ? true : write.call(this, chunk, ...rest);
};
