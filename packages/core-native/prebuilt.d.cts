declare const prebuilt: Readonly<Record<string, (() => unknown) | undefined>>
export = prebuilt
