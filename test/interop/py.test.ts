import { testBothDirections } from './support/both-directions.ts'

testBothDirections('py')
