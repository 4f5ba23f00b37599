/** Whether the picture may move by itself: neither VS Code nor the system asks for reduced motion. */
export const motionAllowed = (): boolean => !document.body.classList.contains('vscode-reduce-motion') && !matchMedia('(prefers-reduced-motion: reduce)').matches;
