import {
  ActionIcon,
  Badge,
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  Input,
  type MantineColorsTuple,
  Modal,
  SegmentedControl,
  Tooltip,
} from '@mantine/core'
import classes from './mantine.module.css'

/** Ten times the same: Mantine asks for ten shades, the tokens have one accent per scheme. */
const accent: MantineColorsTuple = [
  'var(--surface-selected)',
  'var(--surface-selected)',
  'var(--accent)',
  'var(--accent)',
  'var(--accent)',
  'var(--accent)',
  'var(--accent)',
  'var(--accent)',
  'var(--accent-strong)',
  'var(--accent-strong)',
]

/** Mantine in the tokens' colours, sizes and type. */
export const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent },
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '15px', xl: '20px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '3px', sm: '3px', md: '6px', lg: '6px', xl: '999px' },
  defaultRadius: 'md',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { variant: 'default', size: 'sm' },
      classNames: { root: classes.button },
      vars: (_theme, { size }) => ({
        root: {
          '--button-height': size === 'xs' ? '24px' : '28px',
          '--button-padding-x': size === 'xs' ? '8px' : '10px',
          '--button-fz': '12px',
        },
      }),
    }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { variant: 'subtle', size: 24 },
      classNames: { root: classes.icon },
    }),
    Badge: Badge.extend({
      defaultProps: { variant: 'outline', radius: 'sm' },
      classNames: { root: classes.badge },
    }),
    Input: Input.extend({
      defaultProps: { size: 'sm' },
      classNames: { input: classes.input },
      vars: () => ({ wrapper: { '--input-height': '28px', '--input-fz': '12px' } }),
    }),
    InputWrapper: Input.Wrapper.extend({
      classNames: { label: classes.label, description: classes.description, error: classes.error },
    }),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { transitionDuration: 0, size: 'xs' },
      classNames: {
        root: classes.segments,
        control: classes.segment,
        label: classes.segmentLabel,
        indicator: classes.segmentIndicator,
      },
    }),
    Modal: Modal.extend({
      defaultProps: { centered: true, transitionProps: { duration: 0 } },
      classNames: { title: classes.modalTitle, content: classes.modal, header: classes.modalHeader },
    }),
    Checkbox: Checkbox.extend({ classNames: { input: classes.checkbox } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 300, transitionProps: { duration: 0 } },
      classNames: { tooltip: classes.tooltip },
    }),
  },
})

const roles = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-bright': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-muted)',
  '--mantine-color-placeholder': 'var(--text-faint)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-success': 'var(--good)',
  '--mantine-color-default': 'var(--surface-raised)',
  '--mantine-color-default-hover': 'var(--surface-hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--border-control)',
  '--mantine-color-disabled': 'var(--surface-raised)',
  '--mantine-color-disabled-color': 'var(--text-faint)',
  '--mantine-color-disabled-border': 'var(--border)',
  '--mantine-primary-color-filled': 'var(--accent)',
  '--mantine-primary-color-filled-hover': 'var(--accent-strong)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
  '--mantine-color-accent-filled': 'var(--accent)',
  '--mantine-color-accent-filled-hover': 'var(--accent-strong)',
  '--mantine-color-accent-light': 'var(--surface-selected)',
  '--mantine-color-accent-light-color': 'var(--text)',
  '--mantine-color-accent-outline': 'var(--accent)',
}

/** Mantine's roles for colours, filled from the tokens. */
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: roles, dark: roles })
