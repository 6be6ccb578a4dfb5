export { hash } from "#components/internal/hash";
