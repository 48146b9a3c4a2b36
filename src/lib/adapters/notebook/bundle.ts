export function bundleOf(_value: unknown, _host: object): null { return null; }
