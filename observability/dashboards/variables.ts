import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";

/** The data source that is chosen above a dashboard; nothing names one of its own. */
export const datasource = { type: "prometheus", uid: "${datasource}" };

const datasourceVariable = () =>
  new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus");

/** Asked again when the time changes, for a namespace of last week may be gone. */
const asked = (name: string, label: string, query: string) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);

/** One stack of the mesh is one namespace: its series are never mixed with another's. */
const namespaceVariable = () =>
  asked("namespace", "Namespace", 'label_values(up{job="registry"}, namespace)');

const serviceVariable = () =>
  asked("service", "Agent", 'label_values(up{job="agent", namespace="$namespace"}, service)')
    .multi(true)
    .includeAll(true)
    .allValue(".+");

/** What is chosen above a dashboard; agents only where it is about them. */
export const variables = (ofAgents: boolean) => [
  datasourceVariable(),
  namespaceVariable(),
  ...(ofAgents ? [serviceVariable()] : []),
];
