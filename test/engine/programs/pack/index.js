const { PolicyPack } = require("@pulumi/policy");

new PolicyPack("test-pack", {
  policies: [
    {
      name: "long-passwords",
      description: "Passwords are at least 12 long.",
      enforcementLevel: "mandatory",
      severity: "high",
      validateResource: ({ type, props }, report) => {
        if (type.endsWith(":RandomPassword") && props.length < 12)
          report(`length is ${props.length}`);
      },
    },
    {
      name: "no-ids",
      description: "Identifiers are discouraged.",
      enforcementLevel: "advisory",
      validateResource: ({ type }, report) => {
        if (type.endsWith(":RandomId")) report("an identifier");
      },
    },
    {
      name: "short-identifiers",
      description: "Identifiers get another length.",
      enforcementLevel: "disabled",
      remediateResource: ({ type, props }) =>
        type.endsWith(":RandomId") ? { ...props, byteLength: 2 } : undefined,
    },
  ],
});
