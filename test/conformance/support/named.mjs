// Loaded before the suite, in its process: every name leads to one address, as the cluster's DNS
// would have it, so that the server sees its Service's name as Host.
import dns from "node:dns";

const address = process.env.CONFORMANCE_ADDRESS;
dns.lookup = (_name, options, callback) => {
  if (options.all) callback(null, [{ address, family: 4 }]);
  else callback(null, address, 4);
};
