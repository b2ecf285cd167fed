import { Link, useRoute } from 'wouter'
import { type Screen, screens } from '../screens/screens.ts'
import { useApp } from '../state/app-store.ts'
import classes from './app-frame.module.css'

const groups = ['Observe', 'Data'] as const

export function Navigation() {
  return (
    <nav className={classes.nav} aria-label="Screens">
      <div className={classes.brand}>
        <Logo />
        Kadscope
      </div>
      <ul>
        {groups.map((group) => (
          <Group key={group} name={group} />
        ))}
      </ul>
      <ul className={classes.foot}>{screens.filter(({ group }) => group === 'Foot').map(item)}</ul>
    </nav>
  )
}

function Group({ name }: { name: Screen['group'] }) {
  const members = screens.filter(({ group }) => group === name)
  if (members.length === 0) return null
  return (
    <>
      <li className={classes.caption}>{name}</li>
      {members.map(item)}
    </>
  )
}

const item = (screen: Screen) => <Item key={screen.path} screen={screen} />

function Item({ screen }: { screen: Screen }) {
  const { path, title, icon: Icon, count } = screen
  const [isHere] = useRoute(`${path}/*?`)
  const shown = useApp((state) => (state.isLoaded ? count?.(state) : undefined))
  return (
    <li>
      <Link href={path} className={classes.item} {...(isHere && { 'aria-current': 'page' as const })}>
        <Icon size={16} stroke={1.6} aria-hidden />
        <span className={classes.name} title={title}>
          {title}
        </span>
        {shown !== undefined && <span className={classes.count}>{shown}</span>}
      </Link>
    </li>
  )
}

function Logo() {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      aria-hidden="true"
    >
      <path d="M10 2v5M10 7L5 12M10 7l5 5M5 12l-2.5 5M5 12l2.5 5M15 12v5" />
    </svg>
  )
}
