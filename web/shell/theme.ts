import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const tide: MantineColorsTuple = [
  '#e9f6fc',
  '#d2eaf6',
  '#a4d5ec',
  '#72bfe1',
  '#4aabd6',
  '#2a93c0',
  '#157aa6',
  '#0b5f86',
  '#084a69',
  '#05364e',
]

/** Mantine's greys are neutral; ours lean to the sea like everything else here. */
const dark: MantineColorsTuple = [
  '#d5dce2',
  '#bac4cc',
  '#98a4ae',
  '#5d6a75',
  '#3d4953',
  '#323d46',
  '#26313a',
  '#1a2228',
  '#141b20',
  '#0e1418',
]

const SYSTEM = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif'

const CLOSE = { 'aria-label': 'Close' }
/** A dialog's header is not the page's. */
const NO_BANNER = { header: { role: 'none' } }

export const theme = createTheme({
  colors: { tide, dark },
  primaryColor: 'tide',
  primaryShade: 7,
  fontFamily: SYSTEM,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontFamily: SYSTEM, fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    Modal: { defaultProps: { centered: true, closeButtonProps: CLOSE, attributes: NO_BANNER } },
    Drawer: { defaultProps: { closeButtonProps: CLOSE, attributes: NO_BANNER } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Anchor: { defaultProps: { underline: 'always' } },
    Tooltip: {
      defaultProps: { withArrow: true, openDelay: 300, events: { hover: true, focus: true, touch: false } },
    },
  },
})

/** The stock greys and reds are too pale to be read by everybody (WCAG AA). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#56616c',
    '--mantine-color-placeholder': '#6a7480',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#0b5f86',
  },
  dark: {
    '--mantine-color-dimmed': '#a9b3bd',
    '--mantine-color-placeholder': '#98a2ad',
    '--mantine-color-error': '#ff9c93',
    '--mantine-color-anchor': '#72bfe1',
  },
})
